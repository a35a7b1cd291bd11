package import Authentication
import HTTP
import Resilience
import Tokens
import WebClient

/// An issuer's keys at a service of the system, whichever instance answers.
extension ServiceSetup {
    /// What the place of such keys begins with.
    package static let serviceScheme = "service://"

    /// The JWK set that a service answers, found as ``client(_:settings:selection:balancing:)`` finds it.
    ///
    /// - Parameter place: `service://auth/auth/.well-known/jwks.json`: the service's name, and the path that it is asked for.
    /// - Returns: the keys, which are fetched when they are due.
    /// - Throws: ``StartError`` for what is no such place, and when nobody says where the service is.
    package func keys(at place: String) throws(StartError) -> TokenIssuer.Keys {
        let rest = place.dropFirst(Self.serviceScheme.count)
        let name = rest.prefix { $0 != "/" }
        guard place.hasPrefix(Self.serviceScheme), let service = ServiceName(String(name)),
            name.count < rest.count, let url = try? WebURL("http://\(rest)")
        else {
            throw StartError("\(place) is not \(Self.serviceScheme)NAME/PATH")
        }
        let (client, target) = (try client(service), url.target)
        return .fetched(
            KeySetCache(url: place) { _ in
                let answer = try await client.get(target)
                guard answer.head.status == .ok else {
                    throw StartError("\(service) answered \(answer.head.status)")
                }
                return try await answer.body.collect(upTo: KeySet.limits.byteCount)
            }
        )
    }
}
