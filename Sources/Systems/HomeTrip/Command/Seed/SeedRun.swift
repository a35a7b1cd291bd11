import FoundationEssentials
import Synchronization
import Vigie

/// Writes hosts and their listings, each once, however often it is run.
struct SeedRun: Sendable {
    let auth: SeedClient
    let listing: SeedClient
    let options: SeedOptions
    private let progress: SeedProgress

    /// How many hosts are at work at once.
    private static let width = 4

    init(_ options: SeedOptions, auth: SeedClient, listing: SeedClient) {
        (self.options, self.auth, self.listing) = (options, auth, listing)
        progress = SeedProgress(hosts: options.hosts, listings: options.listings)
    }

    /// How many listings were written, and how many were there.
    func run() async throws -> (written: Int, found: Int) {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<options.hosts {
                if number >= Self.width { try await tasks.next() }
                tasks.addTask { try await offer(SeedHost(number: number, of: options.number)) }
            }
            try await tasks.waitForAll()
        }
        return progress.sums
    }

    private struct Tokens: Decodable, Sendable {
        let userId: UUID
        let accessToken: String
    }

    private struct Registration: Encodable {
        let email: String
        let password: String
        let firstName: String
        let lastName: String
        let role = "host"
    }

    private struct Login: Encodable {
        let email: String
        let password: String
    }

    /// All listings of one host: one in so many of all, so that each host has some in many cities.
    private func offer(_ host: SeedHost) async throws {
        let tokens = try await enter(host)
        let known = try await titles(of: tokens.userId)
        progress.enters()
        for number in stride(from: host.number, to: options.listings, by: options.hosts) {
            let place = SeedListing(number: number, of: options.number)
            if known.contains(place.title) {
                progress.finds()
            } else {
                try await write(place, number, tokens)
                progress.writes()
            }
        }
    }

    /// Registers a host, or logs in one that is registered.
    private func enter(_ host: SeedHost) async throws -> Tokens {
        let password = options.password.reveal()
        let new = Registration(
            email: host.email,
            password: password,
            firstName: host.firstName,
            lastName: host.lastName
        )
        let registered = try await auth.send(.post, "/auth/register", json: new)
        if registered.status == 201 { return try registered.decode(Tokens.self) }
        guard registered.status == 409 else { throw unexpected("register \(host.email)", registered) }
        let login = Login(email: host.email, password: password)
        let entered = try await auth.send(.post, "/auth/login", json: login)
        if entered.status == 200 { return try entered.decode(Tokens.self) }
        throw unexpected("log in \(host.email) (set VIGIE_HOST_PASSWORD to their password)", entered)
    }

    private struct Page: Decodable {
        struct Item: Decodable { let title: String }
        let items: [Item]
        let nextCursor: String?
    }

    private func titles(of host: UUID) async throws -> Set<String> {
        var titles: Set<String> = []
        var cursor: String?
        repeat {
            let behind = cursor.map { "&cursor=\($0)" } ?? ""
            let answer = try await listing.send(.get, "/listings?host=\(host)&limit=100\(behind)")
            guard answer.status == 200 else { throw unexpected("list listings", answer) }
            let page = try answer.decode(Page.self)
            titles.formUnion(page.items.map(\.title))
            cursor = page.nextCursor
        } while cursor != nil
        return titles
    }

    private func write(_ place: SeedListing, _ number: Int, _ tokens: Tokens) async throws {
        let answer = try await listing.send(
            .post,
            "/listings",
            json: place,
            token: tokens.accessToken,
            key: "seed-\(options.number)-\(number)"
        )
        guard answer.status == 201 else { throw unexpected("write \(place.title)", answer) }
    }

    private func unexpected(_ what: String, _ answer: SeedClient.Answer) -> SeedClient.Failed {
        let text = String(decoding: answer.content.prefix(500), as: UTF8.self)
        return SeedClient.Failed(description: "\(what): \(answer.status) \(text)")
    }
}

/// Tells how far it is, each fiftieth listing.
private final class SeedProgress: Sendable {
    private struct State {
        var hosts = 0
        var written = 0
        var found = 0
    }

    private let hosts: Int
    private let listings: Int
    private let state = Mutex(State())

    init(hosts: Int, listings: Int) { (self.hosts, self.listings) = (hosts, listings) }

    var sums: (written: Int, found: Int) { state.withLock { ($0.written, $0.found) } }

    func enters() { state.withLock { $0.hosts += 1 } }
    func finds() { step { $0.found += 1 } }
    func writes() { step { $0.written += 1 } }

    private func step(_ change: (inout State) -> Void) {
        let now = state.withLock { state in
            change(&state)
            return state
        }
        let done = now.written + now.found
        guard done % 50 == 0 || done == listings else { return }
        StandardStream.error.write(
            line: "hosts \(now.hosts)/\(hosts), listings \(done)/\(listings) (\(now.found) were there)"
        )
    }
}
