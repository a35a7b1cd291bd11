import CPostgres
import Glibc
import Reactor

/// What libpq is told about the server, read once from a URL, the environment and libpq's defaults.
struct ConnectionParameters: Sendable {
    private var values: [String: String]

    /// - Throws: ``PostgresError`` with code `notConnected` for a URL that libpq does not understand.
    init(_ settings: PostgresSettings) throws(PostgresError) {
        values = try Self.given(settings.url)
        let limit = settings.statementTimeout.nanoseconds / 1_000_000
        let session = [
            "-c DateStyle=ISO -c TimeZone=UTC -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1",
            "-c standard_conforming_strings=on -c statement_timeout=\(limit)",
        ]
        values["options"] = ([values["options"]].compactMap { $0 } + session).joined(separator: " ")
        values["client_encoding"] = "UTF8"
        // Waiting is ours to bound; libpq's own limit has no effect on non-blocking connecting.
        values["connect_timeout"] = nil
        // Asking Kerberos for tickets blocks: only for those who say that they want it.
        if values["gssencmode"] == "prefer" { values["gssencmode"] = "disable" }
        let defaults = [
            "fallback_application_name": settings.applicationName, "keepalives_idle": "30",
            "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "15000",
        ]
        values.merge(defaults) { given, _ in given }
    }

    /// Where it goes, for error messages: no password.
    var summary: String {
        "\(values["host"] ?? "the default socket"):\(values["port"] ?? "") \(values["dbname"] ?? "")"
    }

    /// The keywords for libpq, each host name that it would look up in the middle of the event loop replaced by its
    /// addresses.
    func resolved(_ resolver: Resolver) async throws -> [(keyword: String, value: String)] {
        var values = values
        if values["hostaddr"] == nil, let list = values["host"] {
            let places = try await Self.places(list, values["port"], resolver)
            values["host"] = places.map(\.host).joined(separator: ",")
            values["hostaddr"] = places.map(\.address).joined(separator: ",")
            values["port"] = places.map(\.port).joined(separator: ",")
        }
        return values.map { ($0.key, $0.value) }
    }

    /// One line of libpq's lists of hosts.
    private struct Place {
        let host: String
        /// Numeric; empty for a socket's folder.
        let address: String
        let port: String
    }

    private static func places(
        _ list: String,
        _ portList: String?,
        _ resolver: Resolver
    ) async throws -> [Place] {
        let hosts = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let ports = (portList ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var places: [Place] = []
        for (index, host) in hosts.enumerated() {
            let port = ports.count > 1 ? (index < ports.count ? ports[index] : "") : (ports.first ?? "")
            guard !host.isEmpty, !host.hasPrefix("/"), !host.hasPrefix("@") else {
                places.append(Place(host: host, address: "", port: port))
                continue
            }
            for address in try await resolver.addresses(of: host, port: 0) {
                places.append(Place(host: host, address: address.host, port: port))
            }
        }
        return places
    }

    /// What we must know ourselves: the rest of the environment libpq reads by itself.
    private static let needed: Set<String> = ["host", "hostaddr", "port", "options", "gssencmode", "dbname"]

    /// What the URL says over what the environment says (PostgreSQL manual, 34.15).
    private static func given(_ url: String) throws(PostgresError) -> [String: String] {
        let said = try parsed(url)
        // A service's entries stand below the URL's and above the defaults: libpq puts them together.
        guard said["service"] == nil else {
            return said.merging(["gssencmode": "disable"]) { given, _ in given }
        }
        let defaults = unsafe PQconndefaults()
        defer { unsafe PQconninfoFree(defaults) }
        return unsafe collect(defaults).filter { needed.contains($0.key) }.merging(said) { _, given in given }
    }

    private static func parsed(_ url: String) throws(PostgresError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        let parsed = unsafe PQconninfoParse(url, &message)
        defer {
            unsafe PQconninfoFree(parsed)
            unsafe PQfreemem(message)
        }
        guard unsafe parsed != nil else {
            let reason = unsafe message.map { unsafe String(cString: $0) } ?? "out of memory"
            throw PostgresError(.notConnected, "the database's URL: \(reason)")
        }
        return unsafe collect(parsed)
    }

    /// libpq's lists end with an entry without a keyword.
    private static func collect(_ list: UnsafeMutablePointer<PQconninfoOption>?) -> [String: String] {
        var values: [String: String] = [:]
        guard var entry = unsafe list else { return values }
        while let keyword = unsafe entry.pointee.keyword {
            if let value = unsafe entry.pointee.val, unsafe value.pointee != 0 {
                unsafe values[String(cString: keyword)] = String(cString: value)
            }
            unsafe entry += 1
        }
        return values
    }
}
