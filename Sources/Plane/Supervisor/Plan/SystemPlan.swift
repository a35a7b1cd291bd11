import FoundationEssentials
import Glibc
import HTTP
import JSON
package import Reactor
import Supervision
package import SystemModel

/// What has to run for a system on this machine, and where all of it is.
package struct SystemPlan: Sendable {
    package let parts: [PartPlan]
    package let addresses: [SystemState.Address]
    /// What differs from what was asked for.
    package let notes: [String]
    package let ports: SystemPorts
    /// The front's https address.
    package let origin: String

    /// Makes the plan, with the documents that the parts read.
    ///
    /// - Parameters:
    ///   - system: the declaration, without problems.
    ///   - program: the system's program.
    ///   - folder: where all its files go.
    ///   - collector: where traces go.
    ///   - isIsolated: whether it takes free ports alone.
    ///   - group: the supervisor's loops.
    /// - Throws: what is missing, or can't be written.
    package init(
        _ system: SystemDeclaration,
        program: String,
        in folder: SystemFolder,
        collector: String,
        isIsolated: Bool,
        on group: EventLoopGroup
    ) throws {
        var book = PortBook(isIsolated: isIsolated)
        let ports = try SystemPorts(system, &book)
        self.ports = ports
        notes = book.notes
        origin = "https://localhost:\(ports.https.number)"
        let placement = Placement(
            registry: "127.0.0.1:\(ports.registry.number)",
            origin: origin,
            collector: collector,
            collectorEncoding: "http/json",
            host: "127.0.0.1"
        )
        guard let vigie = Tool.ownPath else { throw Tool.Failure(description: "/proc is not mounted") }
        let builder = PlanBuilder(
            system: system,
            vigie: vigie,
            program: program,
            folder: folder,
            ports: ports,
            placement: placement,
            group: group
        )
        parts = try builder.parts()
        var addresses = [
            SystemState.Address(name: system.title, url: origin),
            SystemState.Address(name: "Registry", url: "http://127.0.0.1:\(ports.registry.number)/ui"),
        ]
        if builder.hasPrometheus {
            addresses += [
                SystemState.Address(name: "Prometheus", url: "http://127.0.0.1:\(ports.prometheus.number)"),
                SystemState.Address(
                    name: "Alertmanager",
                    url: "http://127.0.0.1:\(ports.alertmanager.number)"
                ),
            ]
        }
        self.addresses = addresses
    }

    /// Tells whether the registry names a passing instance at a port.
    package func isRegistered(on group: EventLoopGroup) -> @Sendable (String, Int) async -> Bool {
        let (http, registry) = (HTTPClient(on: group), ports.registry)
        return { name, port in
            var timeouts = HTTPTimeouts()
            timeouts.total = .seconds(2)
            let request = HTTPRequest(.get, "/v1/health/service/\(name)?passing")
            let destination = HTTPDestination(.loopback(port: registry.number))
            // A registry that does not answer says nothing; it is asked again.
            guard let response = try? await http.send(request, to: destination, timeouts: timeouts),
                let content = try? await response.body.collect(upTo: 16 << 20),
                case .array(let rows)? = try? JSONText.decode(JSONValue.self, from: content)
            else { return false }
            return rows.contains { $0["Service"]?["Port"]?.number?.int64 == Int64(port) }
        }
    }
}

/// The ports of all parts; kept from others as long as this is.
package struct SystemPorts: Sendable {
    let registry, postgres, prometheus, alertmanager, exporter, gateway, front: ReservedPort
    package let http, https: ReservedPort
    let services: [String: ReservedPort]

    init(_ system: SystemDeclaration, _ book: inout PortBook) throws {
        registry = try book.claim(8500, for: "registry")
        postgres = try book.claim(5433, for: "postgres")
        prometheus = try book.claim(9090, for: "prometheus")
        alertmanager = try book.claim(9093, for: "alertmanager")
        exporter = try book.claim(9187, for: "exporter")
        gateway = try book.claim(system.gateway.port, for: "gateway")
        front = try book.claim(nil, for: "front")
        http = try book.claim(system.front.httpPort, for: "front, http")
        https = try book.claim(system.front.httpsPort, for: "front, https")
        var services: [String: ReservedPort] = [:]
        for service in system.services {
            services[service.name] = try book.claim(service.port, for: service.name)
        }
        self.services = services
    }
}
