import Authentication
import Documents
import FoundationEssentials
import Reactor
import Secrets
import Tokens
import WebClient

/// Makes issuers of their settings, and notes each mistake in these.
struct IssuerBuilder {
    let documents: IssuerDocuments
    /// Finds keys at a service of the system; throws why it can't.
    let serviceKeys: (String) throws -> TokenIssuer.Keys
    let environment: [String: String]
    let clock: @Sendable () -> MonotonicInstant
    let mistakes: Mistakes

    /// The issuers, in order; those with a mistake are left out.
    func issuers(_ all: [IssuerSettings], at place: String) -> [TokenIssuer] {
        var seen: Set<[UInt8]> = []
        return all.enumerated().compactMap { number, settings in
            let place = "\(place)[\(number)]"
            guard seen.insert(Array(settings.issuer.utf8)).inserted else {
                mistakes.note("\(place).issuer", "stands here twice: \(settings.issuer)")
                return nil
            }
            return issuer(settings, at: place)
        }
    }

    private func issuer(_ settings: IssuerSettings, at place: String) -> TokenIssuer? {
        if settings.issuer.isEmpty { mistakes.note("\(place).issuer", "must be the tokens' `iss`") }
        if settings.audiences.isEmpty || settings.audiences.contains("") {
            mistakes.note(
                "\(place).audiences",
                "must name at least one, none of them empty: a token for somebody else is none for us"
            )
        }
        let algorithms = algorithms(settings, at: place)
        guard let keys = keys(settings, at: place), let algorithms, !settings.issuer.isEmpty else {
            return nil
        }
        if case .fixed(let set) = keys,
            !set.keys.contains(where: { $0.algorithms.contains { algorithms.contains($0) } })
        {
            mistakes.note(
                "\(place).keys",
                "no key in it is for one of \(settings.algorithms.joined(separator: ", "))"
            )
        }
        var verifier = TokenVerifier(issuer: settings.issuer, audiences: settings.audiences)
        verifier.algorithms = algorithms
        verifier.type = settings.type
        return TokenIssuer(verifier, keys)
    }

    private func algorithms(_ settings: IssuerSettings, at place: String) -> [SigningAlgorithm]? {
        let place = "\(place).algorithms"
        var algorithms: [SigningAlgorithm] = []
        for name in settings.algorithms {
            guard let algorithm = SigningAlgorithm(rawValue: name) else {
                mistakes.note(
                    place,
                    "must be of ES256, EdDSA, RS256, PS256 and HS256, not \(name.debugDescription)"
                )
                return nil
            }
            algorithms.append(algorithm)
        }
        guard !algorithms.isEmpty else {
            mistakes.note(place, "must name at least one")
            return nil
        }
        if settings.keys.isShared, algorithms != [.hs256] {
            mistakes.note(place, "with a secret it must be [\"HS256\"], which has to be said")
        } else if !settings.keys.isShared, algorithms.contains(.hs256) {
            mistakes.note(place, "HS256 needs a secret: `secretFile` or `secretVariable`")
        }
        return algorithms
    }

    // MARK: Keys

    private func keys(_ settings: IssuerSettings, at place: String) -> TokenIssuer.Keys? {
        do {
            switch settings.keys {
            case .discovery:
                try checkPlace(settings.issuer)
                return try .discovered(from: settings.issuer, documents, clock: clock)
            case .url(let text):
                try checkPlace(text)
                return .url(try WebURL(text), documents, clock: clock)
            case .service(let place): return try serviceKeys(place)
            case .file(let path): return try .file(path)
            case .secretFile(let path): return try shared(secret(file: path))
            case .secretVariable(let name): return try shared(secret(variable: name))
            }
        } catch {
            mistakes.note(
                "\(place).\(Self.key(of: settings.keys))",
                "\(Self.subject(of: settings.keys))\(error)"
            )
            return nil
        }
    }

    private func shared(_ secret: Secret) throws(KeyError) -> TokenIssuer.Keys {
        .fixed(KeySet([VerificationKey(try SharedKey(secret))]))
    }

    private func secret(file path: String) throws(SettingsError) -> Secret {
        guard var bytes = try? Array(Data(contentsOf: URL(filePath: path))) else {
            throw SettingsError("can't be read; does the file exist, and may this user read it?")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return Secret(bytes)
    }

    private func secret(variable name: String) throws(SettingsError) -> Secret {
        guard let text = environment[name] else { throw SettingsError("the variable is not set") }
        return Secret(text)
    }

    /// What goes without TLS stays in one's own network; a name is looked at when it is called.
    private func checkPlace(_ text: String) throws {
        let url = try WebURL(text)
        guard url.destination.scheme == .http else { return }
        let host = url.destination.host.filter { $0 != "[" && $0 != "]" }
        if let address = SocketAddress(numericHost: host, port: 0), PublicAddress.contains(address) {
            throw SettingsError("http goes to addresses of one's own network alone; use https")
        }
    }

    private struct SettingsError: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static func key(of keys: IssuerSettings.Keys) -> String {
        switch keys {
        case .discovery: "issuer"
        case .url, .service, .file: "keys"
        case .secretFile: "secretFile"
        case .secretVariable: "secretVariable"
        }
    }

    /// The place that was named; no URL, in which a user may have put a password.
    private static func subject(of keys: IssuerSettings.Keys) -> String {
        switch keys {
        case .discovery: "can't be discovered: "
        case .url, .service: ""
        case .file(let name), .secretFile(let name), .secretVariable(let name): "\(name): "
        }
    }
}
