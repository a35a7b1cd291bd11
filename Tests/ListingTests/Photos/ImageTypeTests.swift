import Testing

@testable import Listing

@Suite("image types") struct ImageTypeTests {
    @Test("an image is told by its first bytes")
    func known() {
        #expect(ImageType(sniffing: [0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
        #expect(ImageType(sniffing: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) == .png)
        #expect(ImageType(sniffing: Array("RIFF1234WEBPVP8 ".utf8)) == .webp)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "GIF89a", "<svg xmlns=", "<html><script>", "RIFF1234WAVEfmt ", "RIFF1234WEB", "%PDF-1.7",
            "PNG\r\n",
            "\u{FF}\u{D8}\u{FF}", "#!/bin/sh",
        ]
    )
    func unknown(text: String) { #expect(ImageType(sniffing: text.utf8) == nil) }
}
