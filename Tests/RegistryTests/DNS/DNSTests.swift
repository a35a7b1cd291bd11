import HTTP
import Reactor
import TestSupport
import Testing

@Suite(
    "conformance 79: DNS, asked by dnspython",
    .enabled(if: Program.isPythonWanted && RegistryFixture.isEmbedded)
)
struct DNSTests {
    /// What dnspython makes of an answer.
    private struct Reply {
        let code: String
        let flags: Set<String>
        let answers: [String]
        let authorities: [String]
        let extras: [String]

        init(_ line: Substring) {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map { part in
                String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            func list(_ text: String) -> [String] {
                text.isEmpty ? [] : text.replacing(", ", with: "\n").split(separator: "\n").map(String.init)
            }
            code = parts[0]
            flags = Set(parts[1].split(separator: " ").map(String.init))
            (answers, authorities, extras) = (list(parts[2]), list(parts[3]), list(parts[4]))
        }
    }

    /// Asks questions: `udp 0 web.service.consul A`, the number being the EDNS payload and 0 for none.
    private func ask(_ port: UInt16, _ questions: [String]) async throws -> [Reply] {
        let python = try #require(Program.python)
        let input = Array((questions.joined(separator: "\n") + "\n").utf8)
        let result = try await Program.run(
            python,
            [Program.script("dns_client.py"), String(port)],
            input: input
        )
        #expect(result.exit == .exited(0), "\(result.error)")
        let replies = result.text.split(separator: "\n").map { Reply($0) }
        try #require(replies.count == questions.count)
        return replies
    }

    private func run(
        _ registrations: [String],
        _ body: @escaping @Sendable (RegistryClient, UInt16) async throws -> Void
    ) async throws {
        let dns = Shared<UInt16>(0)
        try await RegistryFixture.run(dns: dns) { (registry) async throws in
            for registration in registrations { try await registry.register(registration) }
            try await body(registry, dns.withLock { $0 })
        }
    }

    @Test("A, AAAA and SRV of passing instances, by all forms of the name") func services() async throws {
        try await run([
            #""ID":"1","Name":"web","Address":"10.0.0.1","Port":81,"Tags":["a"],"Weights":{"Passing":7,"Warning":2}"#,
            #""ID":"2","Name":"Web","Address":"fd00::1","Port":82,"Check":{"TTL":"60s","Status":"warning"},"Weights":{"Passing":7,"Warning":2}"#,
            #""ID":"3","Name":"web","Address":"10.0.0.3","Port":83,"Check":{"TTL":"60s"}"#,
            #""ID":"4","Name":"web","Port":84,"Tags":["b"]"#,
        ]) { _, port in
            let long = "fd000000000000000000000000000001.addr.dc1.consul."
            let replies = try await ask(
                port,
                [
                    "udp 0 web.service.consul A", "udp 1232 WEB.service.dc1.consul AAAA",
                    "udp 0 a.web.service.consul A", "udp 1232 _web._tcp.service.consul SRV",
                    "tcp 0 _web._b.consul SRV", "udp 0 web.service.consul TXT",
                    "udp 0 web.service.dc2.consul A",
                ]
            )
            let (a, aaaa, tagged, srv, marked, text, elsewhere) = (
                replies[0], replies[1], replies[2], replies[3], replies[4], replies[5], replies[6]
            )
            #expect(a.code == "NOERROR" && a.flags.isSuperset(of: ["QR", "AA"]) && !a.flags.contains("TC"))
            #expect(a.answers == ["web.service.consul. A 10.0.0.1", "web.service.consul. A 127.0.0.1"])
            #expect(aaaa.answers == ["WEB.service.dc1.consul. AAAA fd00::1"])
            #expect(tagged.answers == ["a.web.service.consul. A 10.0.0.1"])
            let name = "_web._tcp.service.consul. SRV"
            #expect(
                srv.answers == [
                    "\(name) 1 1 84 laptop.node.dc1.consul.", "\(name) 1 2 82 \(long)",
                    "\(name) 1 7 81 0a000001.addr.dc1.consul.",
                ]
            )
            #expect(
                srv.extras == [
                    "0a000001.addr.dc1.consul. A 10.0.0.1", "\(long) AAAA fd00::1",
                    "laptop.node.dc1.consul. A 127.0.0.1",
                ]
            )
            #expect(marked.answers == ["_web._b.consul. SRV 1 1 84 laptop.node.dc1.consul."])
            #expect(text.code == "NOERROR" && text.answers.isEmpty && text.authorities.count == 1)
            #expect(elsewhere.code == "NXDOMAIN")
        }
    }

    @Test("nothing for critical instances and nodes in maintenance; an unknown name has the domain's record")
    func absent() async throws {
        try await run([#""Name":"web","Check":{"TTL":"60s"}"#, #""Name":"api""#]) { registry, port in
            let unknown = [
                "udp 0 web.service.consul A", "udp 0 nope.service.consul SRV", "tcp 0 nope.consul A",
            ]
            for reply in try await ask(port, unknown) {
                #expect(reply.code == "NXDOMAIN" && reply.answers.isEmpty)
                let authority = try #require(reply.authorities.first)
                #expect(authority.hasPrefix("consul. SOA ns.consul. postmaster.consul. "))
                #expect(authority.hasSuffix(" 3600 600 86400 0"))
            }
            #expect(try await ask(port, ["udp 0 api.service.consul A"])[0].code == "NOERROR")
            try await registry.put("/v1/agent/maintenance?enable=true")
            #expect(try await ask(port, ["udp 0 api.service.consul A"])[0].code == "NXDOMAIN")
        }
    }

    @Test("nodes, addresses, the domain itself; other domains are refused") func others() async throws {
        try await run([]) { registry, port in
            try await registry.put(
                "/v1/catalog/register",
                #"{"Node":"Far","Address":"10.9.8.7","NodeMeta":{"rack":"r1"}}"#
            )
            let replies = try await ask(
                port,
                [
                    "udp 0 far.node.consul A", "udp 0 far.node.dc1.consul TXT",
                    "udp 0 7f000001.addr.dc1.consul A",
                    "udp 0 zz000001.addr.consul A", "udp 0 consul SOA", "udp 0 example.com A",
                    "udp 0 1.0.0.127.in-addr.arpa PTR",
                ]
            )
            #expect(replies[0].answers == ["far.node.consul. A 10.9.8.7"])
            #expect(replies[1].answers == [#"far.node.dc1.consul. TXT "rack=r1""#])
            #expect(replies[2].answers == ["7f000001.addr.dc1.consul. A 127.0.0.1"])
            #expect(replies[3].code == "NXDOMAIN")
            #expect(replies[4].answers.count == 1)
            #expect(replies[5].code == "REFUSED" && replies[6].code == "REFUSED")
        }
    }

    @Test("a datagram holds what fits and says what doesn't; TCP holds all") func truncation() async throws {
        let instances = (1...40).map { #""ID":"\#($0)","Name":"web","Address":"10.0.0.\#($0)","Port":80"# }
        try await run(instances) { _, port in
            let replies = try await ask(
                port,
                [
                    "udp 0 web.service.consul A", "udp 4096 web.service.consul A",
                    "udp 512 web.service.consul SRV",
                    "tcp 0 web.service.consul SRV",
                ]
            )
            #expect(replies[0].answers.count == 3 && replies[0].flags.contains("TC"))
            #expect(replies[1].answers.count == 40 && !replies[1].flags.contains("TC"))
            #expect((1..<40).contains(replies[2].answers.count) && replies[2].flags.contains("TC"))
            #expect(replies[2].extras.count == replies[2].answers.count)
            #expect(replies[3].answers.count == 40 && replies[3].extras.count == 40)
            #expect(!replies[3].flags.contains("TC"))
        }
    }

    @Test("an instance with a name for its address is another name") func alias() async throws {
        try await run([#""Name":"db","Address":"db.example.org","Port":5432"#]) { _, port in
            let replies = try await ask(port, ["udp 0 db.service.consul A", "udp 0 db.service.consul SRV"])
            #expect(replies[0].answers == ["db.service.consul. CNAME db.example.org."])
            #expect(replies[1].answers == ["db.service.consul. SRV 1 1 5432 db.example.org."])
        }
    }
}
