import JSON

/// Checks and their plans as bytes.
extension ByteWriter {
    mutating func check(_ check: HealthCheck) {
        text(check.node)
        text(check.id)
        text(check.name)
        text(check.status.rawValue)
        text(check.notes)
        text(check.output)
        text(check.serviceID)
        text(check.serviceName)
        texts(check.serviceTags)
        text(check.type)
        optional(check.definition) {
            var json = JSONWriter()
            json.value($1)
            $0.data(json.bytes)
        }
        optional(check.plan) { $0.plan($1) }
        flag(check.isAgents)
        number(check.createIndex)
        number(check.modifyIndex)
    }

    private mutating func plan(_ plan: CheckPlan) {
        switch plan.kind {
        case .ttl: bytes.append(1)
        case .http(let url):
            bytes.append(2)
            text(url)
        case .tcp(let address):
            bytes.append(3)
            text(address)
        case .alias(let service, let node):
            bytes.append(4)
            text(service)
            text(node)
        }
        number(plan.interval)
        number(plan.timeout)
        text(plan.method)
        list(plan.headers) {
            $0.text($1.name)
            $0.texts($1.values)
        }
        text(plan.body)
        flag(plan.disableRedirects)
        number(plan.successBeforePassing)
        number(plan.failuresBeforeWarning)
        number(plan.failuresBeforeCritical)
        number(plan.deregisterAfter)
        number(plan.outputMaxSize)
    }
}

extension ByteReader {
    mutating func check() throws(Malformed) -> HealthCheck {
        HealthCheck(
            node: try text(),
            id: try text(),
            name: try text(),
            status: try choice(),
            notes: try text(),
            output: try text(),
            serviceID: try text(),
            serviceName: try text(),
            serviceTags: try texts(),
            type: try text(),
            definition: try optional { (reader) throws(Malformed) in try reader.json() },
            plan: try optional { (reader) throws(Malformed) in try reader.plan() },
            isAgents: try flag(),
            createIndex: try number(),
            modifyIndex: try number()
        )
    }

    private mutating func json() throws(Malformed) -> JSONValue {
        let start = position
        let bytes = try data()
        do throws(JSONError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw Malformed(offset: start)
        }
    }

    private mutating func plan() throws(Malformed) -> CheckPlan {
        CheckPlan(
            kind: try kind(),
            interval: try signed(),
            timeout: try signed(),
            method: try text(),
            headers: try list { (reader) throws(Malformed) in
                CheckPlan.Header(name: try reader.text(), values: try reader.texts())
            },
            body: try text(),
            disableRedirects: try flag(),
            successBeforePassing: try int(),
            failuresBeforeWarning: try int(),
            failuresBeforeCritical: try int(),
            deregisterAfter: try signed(),
            outputMaxSize: try int()
        )
    }

    private mutating func kind() throws(Malformed) -> CheckPlan.Kind {
        switch try byte() {
        case 1: .ttl
        case 2: .http(try text())
        case 3: .tcp(try text())
        case 4: .alias(service: try text(), node: try text())
        default: throw Malformed(offset: position - 1)
        }
    }
}
