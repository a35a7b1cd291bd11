public import JSON

/// The files that follow from a system's declaration, for running it in containers.
public struct Rendering: Sendable {
    /// A file, by its path below the folder that is rendered to.
    public struct File: Sendable, Equatable {
        /// Such as `deploy/hometrip/gateway.json`.
        public let path: String
        /// Its whole content, with a line end behind it.
        public let content: String
    }

    private let system: SystemDeclaration
    /// Where the parts are, seen from a container.
    public let placement: Placement

    /// Of a system without problems (``SystemDeclaration/problems()``).
    public init(_ system: SystemDeclaration) {
        self.system = system
        placement = Placement(
            registry: "consul:8500",
            origin: "https://localhost:\(system.front.httpsPort)",
            collector: "http://jaeger:4318",
            collectorEncoding: "http/protobuf",
            host: "0.0.0.0"
        )
    }

    /// All files.
    ///
    /// - Throws: ``JSONError`` for a value that is no JSON, of which there is none here.
    public func files() throws(JSONError) -> [File] {
        let folder = "deploy/\(system.name)"
        let options = JSONEncodingOptions(isPretty: true)
        let gateway = try JSONText.encode(system.gatewayDocument(at: placement), options)
        let front = try JSONText.encode(system.frontDocument(), options)
        return [
            File(path: "docker-compose.yml", content: Compose(system, placement, folder: folder).text),
            File(path: "\(folder)/gateway.json", content: String(decoding: gateway, as: UTF8.self) + "\n"),
            File(path: "\(folder)/front.json", content: String(decoding: front, as: UTF8.self) + "\n"),
            File(path: "\(folder)/databases.sh", content: databases()),
        ]
    }

    /// Makes a role and a database for each service, run by PostgreSQL's image the first time.
    private func databases() -> String {
        var lines = [
            "#!/bin/sh",
            "# Rendered by `vigie render \(system.name)`: run by PostgreSQL's image when its volume is empty.",
            "set -eu",
            "",
            "# make NAME PASSWORD: a role and a database of that name, which nobody else may enter.",
            "make() {",
            "    psql -v ON_ERROR_STOP=1 -v name=\"$1\" -v password=\"$2\" -U \"$POSTGRES_USER\" -d postgres <<'SQL'",
            "CREATE ROLE :\"name\" LOGIN PASSWORD :'password';",
            "CREATE DATABASE :\"name\" OWNER :\"name\";",
            "REVOKE CONNECT ON DATABASE :\"name\" FROM PUBLIC;",
            "SQL",
            "}",
            "",
        ]
        let names = system.services.compactMap(\.database)
        lines += names.map { "make \($0) \"$\(Compose.passwordName($0))\"" }
        lines += [
            "",
            "# Who reads the server's figures, and nothing else.",
            "psql -v ON_ERROR_STOP=1 -v password=\"$\(Compose.passwordName("exporter"))\" -U \"$POSTGRES_USER\" -d postgres <<'SQL'",
            "CREATE ROLE \(Compose.exporterRole) LOGIN PASSWORD :'password';",
            "GRANT pg_monitor TO \(Compose.exporterRole);",
        ]
        lines += names.map { "GRANT CONNECT ON DATABASE \($0) TO \(Compose.exporterRole);" }
        lines.append("SQL")
        return lines.joined(separator: "\n") + "\n"
    }
}
