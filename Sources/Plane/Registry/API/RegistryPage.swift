/// The page under `/ui`: services, instances, checks and keys, read by the browser over the API.
enum RegistryPage {
    /// Nothing from elsewhere; what the page shows is text, never markup.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    static let bytes = Array(html.utf8)

    private static let html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Vigie registry</title>
        <style>
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2430 }
        h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin-top: 2rem }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde2ea; vertical-align: top }
        th { font-weight: 600 } code { font-size: .92em; overflow-wrap: anywhere }
        .passing { color: #14733b } .warning { color: #8a5a00 } .critical, .maintenance { color: #b3261e }
        #state { color: #5b6675 }
        @media (prefers-color-scheme: dark) { body { background: #14181f; color: #e3e7ee } th, td { border-color: #333b48 }
          .passing { color: #5fd38d } .warning { color: #f0b429 } .critical, .maintenance { color: #ff8a80 } #state { color: #9aa5b5 } }
        </style>
        <h1>Vigie registry</h1>
        <p id="state" role="status">Loading…</p>
        <label>Token <input id="token" type="password" autocomplete="off"></label>
        <h2>Services</h2>
        <table><thead><tr><th>Service<th>Instance<th>Address<th>Tags<th>Health<th>Checks</thead><tbody id="services"></tbody></table>
        <h2>Keys</h2>
        <table><thead><tr><th>Key<th>Session<th>Changed at</thead><tbody id="keys"></tbody></table>
        <script>
        "use strict";
        const byId = id => document.getElementById(id);
        const get = async path => {
          const token = byId("token").value;
          const answer = await fetch(path, token ? { headers: { "X-Consul-Token": token } } : {});
          if (answer.status === 404) return [];
          if (!answer.ok) throw new Error(answer.status + " " + await answer.text());
          return answer.json();
        };
        const row = cells => {
          const line = document.createElement("tr");
          for (const [text, kind] of cells) {
            const cell = document.createElement("td");
            cell.textContent = text;
            if (kind) cell.className = kind;
            line.append(cell);
          }
          return line;
        };
        const health = checks => {
          const all = checks.map(check => check.Status);
          return all.includes("critical") ? "critical" : all.includes("warning") ? "warning" : "passing";
        };
        const show = async () => {
          try {
            const names = Object.keys(await get("/v1/catalog/services")).sort();
            const services = [];
            for (const name of names) {
              for (const entry of await get("/v1/health/service/" + encodeURIComponent(name))) {
                const status = health(entry.Checks);
                services.push(row([[name], [entry.Service.ID],
                  [(entry.Service.Address || entry.Node.Address) + ":" + (entry.Service.Port || 0)],
                  [entry.Service.Tags.join(", ")], [status, status],
                  [entry.Checks.map(check => check.Name + ": " + check.Status + (check.Output ? " (" + check.Output.slice(0, 120) + ")" : "")).join("\\n")]]));
              }
            }
            const keys = (await get("/v1/kv/?recurse")).map(pair => row([[pair.Key], [pair.Session || ""], [String(pair.ModifyIndex)]]));
            byId("services").replaceChildren(...services);
            byId("keys").replaceChildren(...keys);
            byId("state").textContent = names.length + " services, " + services.length + " instances, " + keys.length + " keys; " + new Date().toLocaleTimeString();
          } catch (error) {
            byId("state").textContent = "The registry doesn't answer: " + error.message;
          }
        };
        show();
        setInterval(show, 5000);
        </script>
        </html>
        """
}
