// Starts `watchword lsp` for files that end in `.watch`. All else is the server's business.
const { commands, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const command = workspace.getConfiguration("watchword").get("command");
  client = new LanguageClient(
    "watchword",
    "Watchword",
    { command, args: ["lsp"] },
    { documentSelector: [{ language: "watchword" }] }
  );
  return client.start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand("watchword.restart", async () => {
      if (client) await client.stop();
      await start();
    })
  );
  await start();
};

exports.deactivate = () => client && client.stop();
