import HomeTripSystem
import JSON
import SystemModel
import Testing

@testable import Gateway

@Suite("the declaration of a system") struct DeclarationTests {
    private static func system(_ change: (inout SystemDeclaration) -> Void = { _ in }) -> SystemDeclaration {
        var system = SystemDeclaration(
            "shop",
            title: "Shop",
            front: FrontDeclaration(
                httpPort: 8180,
                httpsPort: 8543,
                zones: ["api": RateZone("10/s", burst: 20)]
            ),
            gateway: GatewayDeclaration(port: 8000),
            services: [
                ServiceDeclaration(
                    "users",
                    port: 8001,
                    database: "users",
                    routes: [PublishedRoute("/api/users/{id}")]
                ),
                ServiceDeclaration("orders", port: 8003, needs: ["users"]),
            ]
        )
        change(&system)
        return system
    }

    @Test("what can be run has no problems")
    func fine() {
        #expect(Self.system().problems().isEmpty)
        #expect(HomeTrip.system.problems().isEmpty)
    }

    /// A change that is a mistake, and what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout SystemDeclaration) -> Void

        init(_ problem: String, _ make: @escaping @Sendable (inout SystemDeclaration) -> Void) {
            testDescription = problem
            self.make = make
        }
    }

    static let mistakes = [
        Mistake("\"Shop\" is no name: use a–z, 0–9 and -, at most 63 characters") { $0.name = "Shop" },
        Mistake("the name orders is given twice, or is one of the platform's") {
            $0.services[0].aliases = ["orders"]
        },
        Mistake("the name gateway is given twice, or is one of the platform's") {
            $0.services[0].name = "gateway"
        },
        Mistake("two services have the database users: each has its own") {
            $0.services[1].database = "users"
        },
        Mistake("orders: \"a; DROP\" is no database: use a–z, 0–9 and _") {
            $0.services[1].database = "a; DROP"
        },
        Mistake("orders: the setting PATH does not begin with VIGIE_") {
            $0.services[1].settings = ["PATH": "/"]
        },
        Mistake("the port 8001 is given twice") { $0.services[1].port = 8001 },
        Mistake("0 is no port") { $0.services[1].port = 0 },
        Mistake("orders: 1 to 64 replicas, not 0") { $0.services[1].replicas = 0 },
        Mistake("users needs orders, which is not declared before it") { $0.services[0].needs = ["orders"] },
        Mistake("users: /api/users/{id}: there is no zone slow") { $0.services[0].routes[0].zone = "slow" },
        Mistake("users: the path \"api\" does not begin with /") { $0.services[0].routes[0].path = "api" },
        Mistake("identity: there is no service auth") {
            $0.identity = IdentityDeclaration(service: "auth", issuerPath: "/auth", keysPath: "/keys")
        },
    ]

    @Test("each mistake is told", arguments: mistakes)
    func told(_ mistake: Mistake) {
        #expect(Self.system(mistake.make).problems().contains(mistake.testDescription))
    }

    @Test("it is the same when it has been JSON")
    func coding() throws {
        let text = try JSONText.encode(HomeTrip.system)
        #expect(try JSONText.decode(SystemDeclaration.self, from: text) == HomeTrip.system)
    }

    @Test("the gateway takes the document, and each route is one of the declaration's")
    func gatewayDocument() throws {
        let document = HomeTrip.system.gatewayDocument(at: Rendering(HomeTrip.system).placement)
        let parsed = try GatewayDocument(parsing: try JSONText.encode(document))
        #expect(parsed.routes.count == HomeTrip.system.routes.count)
        #expect(document["routes"]?[0]?["strip"] == "/api")
        let issuer = document["authentication"]?["issuers"]?[0]
        #expect(issuer?["issuer"] == "https://localhost:8443/auth")
        #expect(issuer?["keys"] == "service://auth/auth/.well-known/jwks.json")
    }

    @Test("the front's document has a zone for each prefix, and the largest of the bodies")
    func frontDocument() {
        let document = HomeTrip.system.frontDocument()
        #expect(document["bodyLimit"] == "10MiB")
        #expect(document["zones"]?["auth"] == ["rate": "5/min", "burst": 5])
        guard case .array(let locations)? = document["locations"] else {
            Issue.record("no locations")
            return
        }
        let zones = Dictionary(
            uniqueKeysWithValues: locations.map { ($0["path"]?.string ?? "", $0["zone"]?.string ?? "") }
        )
        #expect(zones["/api/auth"] == "auth")
        #expect(zones["/api/listings"] == "api")
    }

    @Test("a service is told where all is, and what is its own")
    func environment() throws {
        let service = try #require(HomeTrip.system.service("user"))
        #expect(service.name == "auth")
        let environment = HomeTrip.system.environment(of: service, at: Rendering(HomeTrip.system).placement)
        #expect(environment["CONSUL_HTTP_ADDR"] == "consul:8500")
        #expect(environment["VIGIE_IDENTITY_ISSUER"] == "https://localhost:8443/auth")
        let listing = try #require(HomeTrip.system.service("listing"))
        let placement = Rendering(HomeTrip.system).placement
        #expect(HomeTrip.system.environment(of: listing, at: placement)["VIGIE_AUTH_AUDIENCE"] == "hometrip")
        #expect(environment["VIGIE_SERVER_HOST"] == "0.0.0.0")
    }
}
