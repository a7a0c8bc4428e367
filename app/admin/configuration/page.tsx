import type { Metadata } from "next";
import { SettingRow } from "@/components/admin/setting-row";
import { PageHeader } from "@/components/shared/page-header";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { type ConfigView, listAllModels, listConfiguration } from "@/lib/admin/queries/platform";
import { requirePlatform } from "@/lib/auth/scope";
import { clearConfigAction, setConfigAction } from "./actions";

export const metadata: Metadata = { title: "Configuration" };

export default async function ConfigurationPage() {
  const scope = await requirePlatform();
  const settings = await listConfiguration(scope);
  const models = await listAllModels(scope);
  const embeddingModels = models
    .filter((model) => model.modelType === "embedding")
    .map((model) => ({ value: model.modelKey, label: model.modelName }));
  return (
    <>
      <PageHeader
        title="Configuration"
        description="Settings of the whole platform. Keys are sealed when you save them: nobody reads them again, here or in the database."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {groupsOf(settings).map(([group, members]) => (
          <Card key={group}>
            <CardHeader>
              <CardTitle>{group}</CardTitle>
            </CardHeader>
            <CardContent className="divide-y">
              {members.map((setting) => (
                <SettingRow
                  key={setting.key}
                  setting={setting}
                  set={setConfigAction}
                  clear={clearConfigAction}
                  {...(setting.key === "knowledge.embedding_model" ? { choices: embeddingModels } : {})}
                />
              ))}
            </CardContent>
          </Card>
        ))}
      </div>
    </>
  );
}

function groupsOf(settings: readonly ConfigView[]): [string, ConfigView[]][] {
  return [...Map.groupBy(settings, (setting) => setting.group)];
}
