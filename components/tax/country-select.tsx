import { NativeSelect } from "@/components/ui/native-select";

/** A country or none. The names are the server's: browsers call some countries otherwise. */
export function CountrySelect({
  countries,
  defaultValue,
}: {
  countries: readonly { code: string; name: string }[];
  defaultValue: string | null | undefined;
}) {
  return (
    <NativeSelect autoComplete="country" defaultValue={defaultValue ?? ""}>
      <option value="">Not given</option>
      {countries.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </NativeSelect>
  );
}
