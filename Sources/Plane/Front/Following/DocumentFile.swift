import Documents
import FoundationEssentials
import Reactor
import Telemetry
import Vigie

/// The front's file: read at the start, and again whenever it changes.
struct DocumentFile: Sendable {
    /// Where it is.
    let path: String
    private let group: EventLoopGroup
    private let logger: Logger

    /// Takes a path, relative to where the process works.
    init(_ path: String, _ setup: ServiceSetup) {
        let working = FileManager.default.currentDirectoryPath
        self.path = path.hasPrefix("/") ? path : "\(working)/\(path)"
        (group, logger) = (setup.group, setup.logger)
    }

    /// Reads it for the first time.
    ///
    /// - Throws: `StartError` where it can't be read, or with each of its mistakes.
    func load() async throws(StartError) -> FrontDocument {
        guard let bytes = await read() else {
            throw StartError("\(path): can't be read; does the file exist, and may this user read it?")
        }
        do throws(DocumentError) { return try parse(bytes) } catch {
            throw StartError(error.mistakes.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
    }

    /// Looks whether its content is another one than `known`, and hands it on. A bad one is told, and changes nothing.
    func look(_ known: inout [UInt8]?, _ health: FrontHealth, _ take: (FrontDocument) -> Void) async {
        guard let bytes = await read() else {
            if health.documentProblem == nil {
                logger.error("the front's file can't be read", ["file": .string(path)])
            }
            health.documentProblem = "\(path) can't be read"
            return
        }
        guard bytes != known || health.documentProblem == "\(path) can't be read" else { return }
        known = bytes
        do throws(DocumentError) {
            take(try parse(bytes))
            health.documentProblem = nil
            logger.info("the front's file was read", ["file": .string(path)])
        } catch {
            health.documentProblem = "\(error)"
            logger.error(
                "the front's file has mistakes: the old one stays in force",
                ["file": .string(path), "mistakes": .string("\(error)")]
            )
        }
    }

    /// Its bytes; nil where it can't be read.
    func read() async -> [UInt8]? { try? await group.blocking.run { [path] in try PlainFile.read(path) } }

    private func parse(_ bytes: [UInt8]) throws(DocumentError) -> FrontDocument {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        return try FrontDocument(parsing: bytes, in: folder)
    }
}
