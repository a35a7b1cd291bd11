/// What static files are, by the ends of their names.
enum MediaTypes {
    private static let types = [
        ("text/html", "html htm"), ("text/css", "css"), ("text/javascript", "js mjs"),
        ("text/plain", "txt md"),
        ("text/csv", "csv"), ("text/xml", "xml"), ("application/json", "json map"),
        ("application/manifest+json", "webmanifest"), ("application/wasm", "wasm"),
        ("application/pdf", "pdf"),
        ("application/zip", "zip"), ("image/svg+xml", "svg"), ("image/png", "png"),
        ("image/jpeg", "jpg jpeg"),
        ("image/gif", "gif"), ("image/webp", "webp"), ("image/avif", "avif"), ("image/x-icon", "ico"),
        ("font/woff2", "woff2"), ("font/woff", "woff"), ("font/ttf", "ttf"), ("video/mp4", "mp4"),
        ("video/webm", "webm"),
        ("audio/mpeg", "mp3"),
    ]

    /// As nginx's block.
    static var block: [String] { NginxText.block("types", types.map { "\($0.0) \($0.1);" }) }
}
