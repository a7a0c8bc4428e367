import "server-only";
import { requestFacts } from "@/lib/auth/request";
import { AppError } from "@/lib/errors";
import { type ApiRoute, apiProblem } from "./route";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Handle = ApiRoute["handle"];
type Method = (typeof METHODS)[number] | "OPTIONS";
type Endpoint = Record<Method, Handle>;

function everyMethod(handleOf: (method: Method) => Handle): Endpoint {
  return Object.fromEntries(
    ([...METHODS, "OPTIONS"] as const).map((method) => [method, handleOf(method)]),
  ) as Endpoint;
}

/** All methods of one path: the documented ones, and for the others a 405 that says which those are. */
export function endpoint(...routes: readonly ApiRoute[]): Endpoint {
  const documented = new Map<string, Handle>(
    routes.map((route) => [route.operation.method.toUpperCase(), route.handle]),
  );
  const allow = [...documented.keys()]
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method))
    .join(", ");
  const others = otherMethods(allow);
  return everyMethod((method) => documented.get(method) ?? others[method]);
}

/** What a path answers to the methods it does not take: a 405 that says which it does, and the same to OPTIONS. */
export function otherMethods(allow: string): Endpoint {
  const options: Handle = async (request) => {
    const { requestId } = requestFacts(request.headers);
    return new Response(null, { status: 204, headers: { allow, "x-request-id": requestId } });
  };
  const wrongMethod: Handle = (request) => methodProblem(request, allow);
  return everyMethod((method) => (method === "OPTIONS" ? options : wrongMethod));
}

/** No code of its own in the error table: for the caller, that method of the resource is not there. */
async function methodProblem(request: Request, allow: string): Promise<Response> {
  const message = `${request.method} is not possible here. Use ${allow}.`;
  const error = new AppError("not_found", message, { reason: "method_not_allowed" });
  const problem = apiProblem(error, requestFacts(request.headers).requestId);
  const body = { ...(await problem.json()), title: "This method is not possible here.", status: 405 };
  problem.headers.set("allow", allow);
  return Response.json(body, { status: 405, headers: problem.headers });
}

/** Where nothing is: a problem like every other, whatever the method. */
export const nowhere: Endpoint = everyMethod(() => async (request) => {
  const error = new AppError("not_found", "There is nothing at this address. See /docs/api.");
  return apiProblem(error, requestFacts(request.headers).requestId);
});
