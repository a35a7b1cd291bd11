import Documents
import JSON
import Reactor
import Routing
import Vigie

extension ServiceTarget {
    /// The keys that are about it.
    static let keys = [
        "strip", "rewrite", "tags", "canary", "timeout", "attemptTimeout", "connectTimeout", "idleTimeout",
        "attempts", "hedge", "idempotent", "stream", "upgrade", "cache", "answerLimit",
    ]

    /// Reads how a route's requests go to `service`.
    static func read(
        _ reader: inout ObjectReader,
        _ service: ServiceName,
        _ path: PathPattern
    ) -> ServiceTarget {
        var target = ServiceTarget(service: service)
        target.rewrite = readRewrite(&reader, path)
        target.tags = Set(reader.texts("tags", atMost: 8))
        target.canaryShare = reader.number("canary", 0...1)
        let times: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
        target.timeout = reader.duration("timeout", times) ?? target.timeout
        target.attemptTimeout =
            reader.duration("attemptTimeout", times) ?? min(target.attemptTimeout, target.timeout)
        target.connectTimeout = reader.duration("connectTimeout", times) ?? target.connectTimeout
        target.isStream = reader.flag("stream")
        let upgrades = reader.texts("upgrade", atMost: 4).map { $0.lowercased() }
        target.upgrades = upgrades
        let longLived = target.isStream || !upgrades.isEmpty
        target.idleTimeout =
            reader.duration("idleTimeout", times) ?? (longLived ? .seconds(3_600) : target.idleTimeout)
        target.attempts = reader.integer("attempts", 1...10) ?? target.attempts
        target.hedge = reader.duration("hedge", .milliseconds(1) ... .seconds(60))
        target.isIdempotent = reader.flag("idempotent")
        target.isCached = reader.flag("cache")
        target.answerLimit = reader.byteCount("answerLimit", 1...(1 << 40))
        return target
    }

    private static func readRewrite(_ reader: inout ObjectReader, _ path: PathPattern) -> PathRewrite {
        let (strip, rewrite) = (reader.text("strip", atMost: 1024), reader.text("rewrite", atMost: 1024))
        if strip != nil, rewrite != nil { reader.note("has `strip` and `rewrite`: choose one") }
        do throws(PathRewrite.Mistake) {
            if let strip { return try .strip(strip, of: path) }
            if let rewrite { return try .template(rewrite, for: path) }
        } catch {
            reader.mistakes.note(reader.place(of: strip != nil ? "strip" : "rewrite"), error.text)
        }
        return .none
    }
}
