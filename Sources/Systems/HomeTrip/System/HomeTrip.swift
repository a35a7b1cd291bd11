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
        secrets: ["VIGIE_IDENTITY_KEY"],
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
                .roles(["host"]),
                isIdempotent: true
            ),
            PublishedRoute("/api/listings/{id}", methods: ["PUT", "DELETE"], .roles(["host"])),
            PublishedRoute("/api/listings/{id}/calendar", methods: ["PUT"], .roles(["host"])),
            PublishedRoute(
                "/api/listings/{id}/photos/{number}",
                methods: ["PUT", "DELETE"],
                .roles(["host"]),
                bodyLimit: "10MiB",
                timeout: "60s"
            ),
        ]
    )

    private static let tour = [
        "api() { curl -sS --cacert {ca} -H content-type:application/json \"$@\"; }",
        #"api {origin}/api/auth/register -d '{"email":"ada@example.com","password":"nine winding rivers","firstName":"Ada","lastName":"Byron","role":"host"}'"#,
        #"TOKEN=$(api {origin}/api/auth/login -d '{"email":"ada@example.com","password":"nine winding rivers"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"#,
        #"HOME_ID=$(api {origin}/api/listings -H "authorization: Bearer $TOKEN" -d '{"title":"Loft by the river","description":"Quiet, with a view.","propertyType":"apartment","city":"Lyon","country":"FR","latitude":45.76,"longitude":4.83,"maxGuests":4,"bedrooms":2,"beds":2,"bathrooms":1,"amenities":["wifi"],"pricePerNight":{"amount":9500,"currency":"EUR"}}' | sed 's/.*"id":"\([^"]*\)".*/\1/')"#,
        "api -i {origin}/api/listings/$HOME_ID",
    ]
}
