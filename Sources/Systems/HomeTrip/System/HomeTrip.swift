public import SystemModel

/// HomeTrip: short-term rentals.
public enum HomeTrip: Sendable {
    /// The whole system, as `vigie up hometrip` starts it and the files below `deploy/hometrip/` are rendered from it.
    public static let system = SystemDeclaration(
        "hometrip",
        title: "HomeTrip",
        front: FrontDeclaration(
            httpPort: 8080,
            httpsPort: 8443,
            zones: [
                "api": RateZone("10/s", burst: 20),
                "auth": RateZone("5/min", burst: 5),
                "search": RateZone("30/min", burst: 10),
            ]
        ),
        gateway: GatewayDeclaration(port: 3001),
        identity: IdentityDeclaration(
            service: "auth",
            issuerPath: "/auth",
            keysPath: "/auth/.well-known/jwks.json"
        ),
        services: [auth, listing],
        tour: tour
    )

    /// Accounts and tokens; one process under two names.
    private static let auth = ServiceDeclaration(
        "auth",
        aliases: ["user"],
        port: 4001,
        database: "identity",
        secrets: ["VIGIE_IDENTITY_KEY_SECRET"],
        routes: [
            PublishedRoute("/api/auth/{rest...}", .open, zone: "auth"),
            PublishedRoute("/auth/.well-known/{rest...}", methods: ["GET"], .open),
            PublishedRoute("/api/users/{rest...}"),
        ]
    )

    /// Homes with their photos and calendars.
    private static let listing = ServiceDeclaration(
        "listing",
        port: 4003,
        replicas: 2,
        database: "listing",
        needs: ["auth"],
        routes: [
            PublishedRoute("/api/listings", methods: ["GET"], .open, isCached: true),
            PublishedRoute("/api/listings/{rest...}", methods: ["GET"], .open, isCached: true),
            PublishedRoute(
                "/api/listings",
                methods: ["POST"],
                .roles(["host", "admin"]),
                isIdempotent: true
            ),
            PublishedRoute("/api/listings/{id}", methods: ["PUT", "DELETE"], .roles(["host", "admin"])),
            PublishedRoute("/api/listings/{id}/calendar", methods: ["PUT"], .roles(["host", "admin"])),
            PublishedRoute(
                "/api/listings/{id}/photos/{number}",
                methods: ["PUT", "DELETE"],
                .roles(["host", "admin"]),
                bodyLimit: "10MiB",
                timeout: "60s"
            ),
        ]
    )

    private static let tour = [
        "alias api='curl -sS --cacert {ca} -H content-type:application/json'",
        #"TOKEN=$(api {origin}/api/auth/register -d '{"email":"'"$RANDOM"'@example.com","password":"a long pass phrase","firstName":"Ada","lastName":"Byron","role":"host"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"#,
        #"ID=$(api {origin}/api/listings -H "authorization: Bearer $TOKEN" -d '{"title":"Loft by the river","city":"Lyon"}' | sed 's/.*"id":"\([^"]*\)".*/\1/')"#,
        "api -i {origin}/api/listings/$ID",
    ]
}
