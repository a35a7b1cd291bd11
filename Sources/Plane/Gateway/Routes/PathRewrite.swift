import HTTP
import Routing

/// How a matched path becomes the one that goes upstream; the query stays as it is.
enum PathRewrite: Sendable, Hashable {
    /// As it came.
    case none
    /// Without this prefix of whole segments, `/` at least.
    case strip(prefix: [UInt8])
    /// Made of literal bytes and the route's parameters, by their numbers.
    case template([Piece])

    /// A part of a template.
    enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case parameter(Int)
    }

    /// Reads a template such as `/v2/listings/{id}` whose parameters are among `pattern`'s.
    ///
    /// - Throws: ``Mistake`` in words.
    static func template(_ text: String, for pattern: PathPattern) throws(Mistake) -> PathRewrite {
        // A rest stands under its name with or without its dots.
        let target: PathPattern
        do throws(PathPattern.Mistake) { target = try PathPattern(text) } catch {
            throw Mistake("the path \(error.rawValue)")
        }
        var pieces: [Piece] = []
        for piece in target.pieces {
            switch piece {
            case .literal(let bytes): pieces.append(.literal(bytes))
            case .parameter(let name), .rest(let name):
                guard let index = pattern.names.firstIndex(of: name) else {
                    throw Mistake("the route's path has no parameter `\(name)`")
                }
                pieces.append(.parameter(index))
            }
        }
        return .template(pieces)
    }

    /// What is wrong with a template.
    struct Mistake: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// Reads a prefix such as `/api`, which must be the literal beginning of `pattern`.
    static func strip(_ text: String, of pattern: PathPattern) throws(Mistake) -> PathRewrite {
        let prefix: PathPattern
        do throws(PathPattern.Mistake) { prefix = try PathPattern(text) } catch {
            throw Mistake("the path \(error.rawValue)")
        }
        guard prefix.pieces.count == 1, case .literal(let bytes) = prefix.pieces[0], bytes.count > 1,
            case .literal(let start) = pattern.pieces.first ?? .rest(""), start.starts(with: bytes),
            start.count == bytes.count || start[bytes.count] == UInt8(ascii: "/")
        else { throw Mistake("must be whole literal segments at the begin of the route's path") }
        return .strip(prefix: bytes)
    }

    /// What a client has to ask for where a service names `reference`: an absolute path gets the prefix again that was taken
    /// away. Nil for what stays as it is: one that has it already, a relative reference, one to another host (RFC 3986 §4.2).
    func outward(_ reference: String) -> String? {
        guard case .strip(let prefix) = self, reference.hasPrefix("/"), !reference.hasPrefix("//") else {
            return nil
        }
        let path = reference.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let isOutward =
            path.starts(with: prefix)
            && (path.count == prefix.count || path.dropFirst(prefix.count).first == UInt8(ascii: "/"))
        return isOutward ? nil : String(decoding: prefix, as: UTF8.self) + reference
    }

    /// Whether it changes nothing.
    var isNone: Bool { if case .none = self { true } else { false } }

    /// The target that goes upstream.
    ///
    /// - Parameters:
    ///   - target: the request's target in its canonical form, which the route's path has matched.
    ///   - end: where the path ends in it.
    ///   - captures: where the parameters stand in it.
    /// - Returns: path and query.
    func apply(to target: [UInt8], end: Int, _ captures: PathCaptures) -> [UInt8] {
        switch self {
        case .none: return target
        case .strip(let prefix):
            let rest = target[prefix.count...]
            return prefix.count == end ? [UInt8(ascii: "/")] + rest : Array(rest)
        case .template(let pieces):
            var result: [UInt8] = []
            result.reserveCapacity(target.count + 32)
            for piece in pieces {
                switch piece {
                case .literal(let bytes): result += bytes
                case .parameter(let index) where index < captures.count: result += target[captures[index]]
                case .parameter: break
                }
            }
            result += target[end...]
            return result
        }
    }
}
