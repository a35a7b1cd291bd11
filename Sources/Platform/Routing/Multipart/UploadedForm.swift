import HTTP
public import Reactor

/// A `multipart/form-data` content, whole: fields as text, files on the disk.
///
/// The files have no name there: they are gone when the last reference is, however the request ends. When the disk's
/// pool is full the answer is 503.
public struct UploadedForm: HandlerInput, Sendable {
    /// A field that is no file.
    public struct Field: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its text.
        public let value: String
    }

    /// A file.
    public struct File: Sendable {
        /// What its part says of it.
        public let head: MultipartHead
        /// The content, to be read or sent on.
        public let file: OpenFile
    }

    /// The fields in order.
    public let fields: [Field]
    /// The files in order.
    public let files: [File]

    /// The first field of that name; nil without one.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Notes a form with files.
    public static func describe(_ route: inout RouteShape) {
        Multipart.describe(&route)
        route.contents[route.contents.count - 1].needsUploads = true
    }

    /// Reads the whole form.
    public static func read(from call: inout RouteCall) async throws -> UploadedForm {
        // A route that takes files without settings for them was refused at start.
        guard let uploads = call.uploads else { throw Problem(.internalServerError, reason: "no_uploads") }
        let form = try Multipart.read(from: &call)
        var fields: [Field] = []
        var files: [File] = []
        while let part = try await form.next() {
            if part.head.fileName == nil {
                fields.append(Field(name: part.head.name, value: try await part.text()))
            } else {
                files.append(File(head: part.head, file: try await save(part, uploads)))
            }
        }
        return UploadedForm(fields: fields, files: files)
    }

    private static func save(_ part: Multipart.Part, _ uploads: UploadSettings) async throws -> OpenFile {
        do {
            var file = try await TemporaryFile.create(in: uploads.folder, pool: uploads.pool)
            for try await piece in part { try await file.append(piece) }
            return try file.finish()
        } catch is BlockingPool.Overloaded {
            throw Problem.overloaded("blocking_pool_full")
        }
    }
}
