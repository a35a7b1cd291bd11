extension SystemDeclaration {
    /// What is wrong with it, all at once; empty when it can be run.
    public func problems() -> [String] {
        names() + ports() + needs() + access()
    }

    private func names() -> [String] {
        var problems: [String] = []
        let own = services.flatMap { [$0.name] + $0.aliases }
        for text in [name] + own where !Self.isLabel(text) {
            problems.append("\(text.debugDescription) is no name: use a–z, 0–9 and -, at most 63 characters")
        }
        for text in Self.repeated(own + Self.reserved) {
            problems.append("the name \(text) is given twice, or is one of the platform's")
        }
        for text in Self.repeated(services.compactMap(\.database)) {
            problems.append("two services have the database \(text): each has its own")
        }
        for service in services {
            if let database = service.database, Self.reserved.contains(database) {
                problems.append("\(service.name): the database \(database) is the platform's own")
            }
            if let database = service.database, !Self.isIdentifier(database) {
                problems.append(
                    "\(service.name): \(database.debugDescription) is no database: use a–z, 0–9 and _"
                )
            }
            let settings = Array(service.settings.keys) + service.secrets
            for text in settings where !text.hasPrefix("VIGIE_") {
                problems.append("\(service.name): the setting \(text) does not begin with VIGIE_")
            }
        }
        return problems
    }

    private func ports() -> [String] {
        let all = [front.httpPort, front.httpsPort, gateway.port] + services.map(\.port)
        var problems = all.filter { !(1...65_535).contains($0) }.map { "\($0) is no port" }
        problems += Self.repeated(all.map(String.init)).map { "the port \($0) is given twice" }
        for (name, count) in [("gateway", gateway.replicas)] + services.map({ ($0.name, $0.replicas) })
        where !(1...Self.replicaLimit).contains(count) {
            problems.append("\(name): 1 to \(Self.replicaLimit) replicas, not \(count)")
        }
        return problems
    }

    private func needs() -> [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        // Declared in the order of their needs, so that there can't be a circle.
        for service in services {
            for need in service.needs where !seen.contains(need) {
                problems.append("\(service.name) needs \(need), which is not declared before it")
            }
            seen.insert(service.name)
        }
        if let identity, service(identity.service) == nil {
            problems.append("identity: there is no service \(identity.service)")
        }
        return problems
    }

    private func access() -> [String] {
        var problems: [String] = []
        if routes.isEmpty, front.staticFiles == nil {
            problems.append(
                "no service has a route, and the front no static files: nothing could be asked for"
            )
        }
        for (name, zone) in front.zones.sorted(by: { $0.key < $1.key })
        where !(0...RateZone.burstLimit).contains(zone.burst) {
            problems.append("the zone \(name): a burst is 0 to \(RateZone.burstLimit), not \(zone.burst)")
        }
        var zones: [String: String] = [:]
        for (service, route) in routes {
            if !route.path.hasPrefix("/") {
                problems.append(
                    "\(service.name): the path \(route.path.debugDescription) does not begin with /"
                )
            }
            if front.zones[route.zone] == nil {
                problems.append("\(service.name): \(route.path): there is no zone \(route.zone)")
            }
            if let other = zones[route.prefix], other != route.zone {
                problems.append(
                    "\(route.prefix): routes below one prefix have one zone, not \(other) and \(route.zone)"
                )
            }
            zones[route.prefix] = route.zone
        }
        return problems
    }

    /// How many replicas one machine is asked for at most.
    public static let replicaLimit = 64
    /// Names that the platform's own parts have.
    static let reserved = [
        "front", "gateway", "registry", "postgres", "prometheus", "alertmanager", "exporter",
    ]

    static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private static func isIdentifier(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.first.map { (97...122).contains($0) } == true
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    private static func repeated(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { !seen.insert($0).inserted }
    }
}
