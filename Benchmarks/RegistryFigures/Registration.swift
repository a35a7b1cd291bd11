/// Registrations as services of the platform send them.
struct Registration {
    /// How many services the instances belong to.
    static let services = 500

    let number: Int

    var service: Int { number % Self.services }

    /// With a check that reports by itself, and passes; `revision` makes it another one.
    func reporting(revision: Int = 0) -> [UInt8] {
        body(#"{"TTL":"3600s","Status":"passing","DeregisterCriticalServiceAfter":"90s"}"#, revision)
    }

    /// With a check that the registry runs, each at an address of its own.
    func checked(port: UInt16) -> [UInt8] {
        let host = "127.1.\(number / 250).\(number % 250 + 1)"
        return body(
            #"{"HTTP":"http://\#(host):\#(port)/health/ready","Interval":"5s","Timeout":"2s","Status":"passing","DeregisterCriticalServiceAfter":"90s"}"#,
            0
        )
    }

    private func body(_ check: String, _ revision: Int) -> [UInt8] {
        Array(
            #"{"ID":"service-\#(service)-\#(number)","Name":"service-\#(service)","Address":"127.0.0.1","Port":\#(10_000 + number % 50_000),"Tags":["stable","zone-a"],"Meta":{"version":"1.4.\#(revision)","protocol":"http","metrics_port":"9100"},"Check":\#(check)}"#
                .utf8
        )
    }
}
