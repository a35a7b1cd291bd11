import HTTP
import Reactor
import Resilience
import Vigie

/// The way of a route's requests to a service.
final class UpstreamRoute: Sendable {
    /// Who sends them.
    let client: ServiceClient
    /// Refuses them when the service is overloaded.
    let shedder: LoadShedder
    /// How requests are sent whose content is at hand.
    let call: CallRoute
    /// How those are sent whose content is still coming: nobody knows how long that takes, so only its progress is timed.
    let upload: CallRoute
    /// How long the answer's head may be waited for; nil for streams.
    let timeLimit: Duration?
    /// How the path changes.
    let rewrite: PathRewrite
    /// Whether clients may switch to WebSocket.
    let takesWebSockets: Bool
    /// Whether answers may be kept.
    let isCached: Bool
    /// Whose answers the route gives out: those of the same instances, however often the route changes.
    let cacheScope: String
    /// The largest content of an answer; nil for any.
    let answerLimit: Int?

    init(
        _ target: ServiceTarget,
        of id: String,
        _ template: String,
        _ client: ServiceClient,
        _ shedder: LoadShedder
    ) {
        self.client = client
        self.shedder = shedder
        timeLimit = target.isStream ? nil : target.timeout
        rewrite = target.rewrite
        takesWebSockets = target.upgrades.contains("websocket")
        isCached = target.isCached
        cacheScope = ([id, target.service.name] + target.tags.sorted()).joined(separator: "\0")
        answerLimit = target.answerLimit
        var retry = RetryPolicy()
        retry.attempts = target.attempts
        var timeouts = HTTPTimeouts()
        timeouts.connect = target.connectTimeout
        timeouts.attempt = target.attemptTimeout
        timeouts.idle = target.idleTimeout
        timeouts.totalCoversContent = false
        let make = { (isStream: Bool) in
            client.route(
                template,
                isIdempotent: target.isIdempotent,
                isStream: isStream,
                retry: retry,
                hedge: isStream ? nil : target.hedge,
                timeouts: timeouts,
                total: target.isStream ? nil : target.timeout
            )
        }
        call = make(target.isStream)
        upload = make(true)
    }
}
