import JSON

/// Reads the agent's checks out of JSON (consul-http-api.md §4.2).
enum CheckBody {
    /// Reads a check: on its own, or as a part of the registration of `service`, with its `place` there from 1 on when
    /// there are several.
    static func read(
        _ fields: BodyFields,
        of service: ServiceInstance? = nil,
        place: Int? = nil
    ) throws(Refusal) -> CheckRegistration {
        var fields = fields
        let name = try fields.text("Name") ?? ""
        let checkID = try fields.text("CheckID", "check_id") ?? ""
        let ownID = try fields.text("ID") ?? ""
        let notes = try fields.text("Notes") ?? ""
        let serviceID = try fields.text("ServiceID", "service_id") ?? ""
        let status = try fields.text("Status") ?? ""
        let plan = try CheckPlanBody.read(&fields)
        fields.ignore(
            "Token",
            "Namespace",
            "Partition",
            "Node",
            "ServiceName",
            "ServiceTags",
            "Type",
            "Output"
        )
        fields.ignore("Definition", "CreateIndex", "ModifyIndex", "ExposedPort", "EnterpriseMeta")
        try fields.refuseOthers()
        let id = checkID.isEmpty ? ownID : checkID
        var registration: CheckRegistration
        if let service {
            let standard = "service:\(service.id)" + (place.map { ":\($0)" } ?? "")
            registration = CheckRegistration(
                id: id.isEmpty ? standard : id,
                name: name.isEmpty ? "Service '\(service.name)' check" : name,
                serviceID: service.id,
                plan: plan
            )
        } else {
            guard !name.isEmpty else { throw Refusal(.badRequest, "Missing check name") }
            registration = CheckRegistration(
                id: id.isEmpty ? name : id,
                name: name,
                serviceID: serviceID,
                plan: plan
            )
        }
        registration.notes = notes
        if !status.isEmpty {
            guard let known = CheckStatus(rawValue: status) else {
                throw Refusal(.badRequest, "Bad check status")
            }
            registration.status = known
        }
        return registration
    }
}

/// Reads how a check runs, and refuses what contradicts itself.
enum CheckPlanBody {
    static func read(_ fields: inout BodyFields) throws(Refusal) -> CheckPlan {
        let ttl = try fields.duration("TTL") ?? 0
        let interval = try fields.duration("Interval") ?? 0
        var plan = CheckPlan(kind: .ttl, interval: ttl)
        plan.timeout = try fields.duration("Timeout") ?? 0
        plan.method = try fields.text("Method") ?? ""
        plan.headers = try headers(&fields)
        plan.body = try fields.text("Body") ?? ""
        plan.disableRedirects = try fields.flag("DisableRedirects", "disable_redirects") ?? false
        plan.successBeforePassing = try fields.int("SuccessBeforePassing", "success_before_passing") ?? 0
        plan.failuresBeforeCritical =
            try fields.int("FailuresBeforeCritical", "failures_before_critical") ?? 0
        plan.failuresBeforeWarning = try fields.int("FailuresBeforeWarning", "failures_before_warning") ?? 0
        plan.deregisterAfter =
            try fields.duration("DeregisterCriticalServiceAfter", "deregister_critical_service_after") ?? 0
        let outputLimit = try fields.int("OutputMaxSize", "output_max_size") ?? 0
        let kind = try kind(&fields)
        guard outputLimit >= 0 else { throw invalid("MaxOutputMaxSize must be positive") }
        if outputLimit > 0 { plan.outputMaxSize = min(outputLimit, CheckPlan.outputLimit) }
        guard
            plan.failuresBeforeWarning <= max(plan.failuresBeforeCritical, 0)
                || plan.failuresBeforeCritical == 0
        else {
            throw invalid("FailuresBeforeWarning can't be higher than FailuresBeforeCritical")
        }
        guard let kind else {
            guard ttl > 0 else { throw invalid("TTL must be > 0 for TTL checks") }
            guard interval <= 0 else { throw invalid("Interval and TTL cannot both be specified") }
            return plan
        }
        plan.kind = kind
        plan.interval = interval
        if case .alias = kind { return plan }
        guard ttl <= 0 else { throw invalid("Interval and TTL cannot both be specified") }
        guard interval > 0 else { throw invalid("Interval must be > 0 for Script, HTTP, or TCP checks") }
        return plan
    }

    /// The one kind that is named; nil for none, which is a TTL check.
    private static func kind(_ fields: inout BodyFields) throws(Refusal) -> CheckPlan.Kind? {
        let http = try fields.text("HTTP") ?? ""
        let tcp = try fields.text("TCP") ?? ""
        let aliasService = try fields.text("AliasService", "alias_service") ?? ""
        let aliasNode = try fields.text("AliasNode", "alias_node") ?? ""
        for script in ["Args", "ScriptArgs", "script_args"] {
            guard let arguments = try fields.texts(script), !arguments.isEmpty else { continue }
            throw Refusal(
                .failed,
                "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' "
                    + "or 'enable_local_script_checks' to true"
            )
        }
        for other in [
            "UDP", "GRPC", "H2PING", "OSService", "os_service", "DockerContainerID", "docker_container_id",
        ] {
            guard let text = try fields.text(other), !text.isEmpty else { continue }
            throw invalid("\(other) checks are not run by the embedded registry; use HTTP, TCP or TTL")
        }
        fields.ignore("TLSServerName", "tls_server_name", "TLSSkipVerify", "tls_skip_verify", "GRPCUseTLS")
        fields.ignore("grpc_use_tls", "H2PingUseTLS", "h2ping_use_tls", "TCPUseTLS", "tcp_use_tls", "Shell")
        fields.ignore("ProxyHTTP", "ProxyGRPC", "SessionName", "session_name")
        let named: [CheckPlan.Kind] =
            (http.isEmpty ? [] : [.http(http)]) + (tcp.isEmpty ? [] : [.tcp(tcp)])
            + (aliasService.isEmpty && aliasNode.isEmpty
                ? [] : [.alias(service: aliasService, node: aliasNode)])
        guard named.count <= 1 else { throw invalid("only one of HTTP, TCP and alias can be specified") }
        if !http.isEmpty, ProbeURL(http) == nil {
            throw invalid("\(http): the embedded registry checks http URLs only")
        }
        if !tcp.isEmpty, ProbeAddress(tcp) == nil { throw invalid("\(tcp): TCP must be host:port") }
        return named.first
    }

    private static func headers(_ fields: inout BodyFields) throws(Refusal) -> [CheckPlan.Header] {
        guard let value = fields.take("Header") else { return [] }
        guard case .object(let object) = value else { throw BodyFields.mismatch(value, "Header", "map") }
        var headers: [CheckPlan.Header] = []
        for member in object.members {
            guard case .array(let elements) = member.value else {
                throw BodyFields.mismatch(member.value, "Header", "[]string")
            }
            headers.append(CheckPlan.Header(name: member.key, values: elements.compactMap(\.string)))
        }
        return headers
    }

    private static func invalid(_ text: String) -> Refusal { Refusal(.badRequest, "Invalid check: \(text)") }
}
