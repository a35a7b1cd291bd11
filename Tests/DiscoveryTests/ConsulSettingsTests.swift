import HTTP
import Reactor
import Resilience
import Secrets
import Testing

@testable import Configuration
@testable import Discovery

@Suite("Consul's variables") struct ConsulSettingsTests {
    private static func load(_ environment: [String: String]) throws -> ConsulSettings? {
        let schema = ConfigurationSchema(program: "sample", parts: [ConsulSettings.self])
        let sources = ConfigurationSources(
            arguments: [],
            environment: environment,
            file: nil,
            fileName: "app.json",
            readFile: { $0 == "/run/token" ? "from-a-file\n" : "" }
        )
        guard case .run(let configuration) = try schema.load(from: sources) else { return nil }
        return configuration[ConsulSettings.self]
    }

    static let forms: [(text: String, scheme: ServiceInstance.Scheme, place: String)] = [
        ("127.0.0.1:8500", .http, "127.0.0.1:8500"),
        ("consul.internal", .http, "consul.internal:8500"),
        ("http://consul.internal:80", .http, "consul.internal:80"),
        ("https://consul.internal", .https, "consul.internal:8501"),
        ("HTTPS://consul.internal:443/", .https, "consul.internal:443"),
        ("[::1]:8500", .http, "[::1]:8500"),
        ("unix:///run/consul.sock", .http, "unix:/run/consul.sock"),
    ]

    @Test("an address has the forms that Consul's tools take", arguments: forms)
    func address(text: String, scheme: ServiceInstance.Scheme, place: String) throws {
        let settings = try #require(try Self.load(["CONSUL_HTTP_ADDR": text]))
        #expect(settings.endpoint.scheme == scheme)
        #expect(settings.endpoint.destination.description == place)
    }

    @Test(
        "what is no address stops the start",
        arguments: [
            "", " ", "http://", "ftp://x", "http://x/path", "x:0", "x:65536", "u@x", "unix://", "x?y",
            ":8500",
        ]
    )
    func noAddress(text: String) throws {
        guard !text.isEmpty else {
            // Unset, as Consul's tools have it.
            let settings = try #require(try Self.load(["CONSUL_HTTP_ADDR": ""]))
            #expect(settings.address == nil && settings.endpoint == .standard)
            return
        }
        #expect(throws: ConfigurationError.self) { try Self.load(["CONSUL_HTTP_ADDR": text]) }
    }

    @Test("CONSUL_HTTP_SSL is for addresses without scheme")
    func ssl() throws {
        let ssl = { try Self.load(["CONSUL_HTTP_ADDR": $0, "CONSUL_HTTP_SSL": "true"])?.endpoint.scheme }
        #expect(try ssl("c:8501") == .https)
        #expect(try ssl("http://c:8500") == .http)
        #expect(try Self.load(["CONSUL_HTTP_SSL": "true"])?.endpoint.description == "https://127.0.0.1:8500")
    }

    @Test("the token comes from the variable or from a file, and is not printed")
    func token() throws {
        #expect(try Self.load(["CONSUL_HTTP_TOKEN": "t"])?.token == Secret("t"))
        let settings = try #require(try Self.load(["CONSUL_HTTP_TOKEN_FILE": "/run/token"]))
        #expect(settings.token == Secret("from-a-file"))
        #expect(!"\(settings)".contains("from-a-file"))
    }

    static let refused: [([String: String], String)] = [
        (["CONSUL_HTTP_SSL_VERIFY": "false"], "CONSUL_HTTP_SSL_VERIFY"),
        (["CONSUL_CAPATH": "/etc/ssl"], "CONSUL_CAPATH"),
        (["CONSUL_TLS_SERVER_NAME": "x"], "CONSUL_TLS_SERVER_NAME"),
        (["CONSUL_NAMESPACE": "x"], "CONSUL_NAMESPACE"),
        (["CONSUL_PARTITION": "x"], "CONSUL_PARTITION"),
        (["CONSUL_CLIENT_CERT": "x", "CONSUL_HTTP_SSL": "true"], "CONSUL_CLIENT_KEY"),
        (["CONSUL_CACERT": "x"], "https"),
    ]

    @Test("what can't be done is refused by name, and not passed over", arguments: refused)
    func mistake(environment: [String: String], name: String) throws {
        do {
            _ = try Self.load(environment)
            Issue.record("taken")
        } catch {
            #expect("\(error)".contains(name))
        }
    }
}
