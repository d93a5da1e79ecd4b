// Bodies in the content codings, made by the libraries' encoders.
#pragma once

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::net::testing {

enum class form { gzip, deflate, raw_deflate, brotli, zstd };

// One encoded piece for each of `parts`, flushed; the last one ends the body.
inline std::vector<std::string> deflate_parts(const std::vector<std::string>& parts, int window_bits) {
    std::vector<std::string> made;
    z_stream z{};
    if (deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::string out(deflateBound(&z, parts[i].size()) + 64, '\0');
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(parts[i].data()));
        z.avail_in = static_cast<uInt>(parts[i].size());
        z.next_out = reinterpret_cast<Bytef*>(out.data());
        z.avail_out = static_cast<uInt>(out.size());
        deflate(&z, i + 1 == parts.size() ? Z_FINISH : Z_SYNC_FLUSH);
        out.resize(out.size() - z.avail_out);
        made.push_back(std::move(out));
    }
    deflateEnd(&z);
    return made;
}

inline std::vector<std::string> brotli_parts(const std::vector<std::string>& parts) {
    std::vector<std::string> made;
    auto* encoder = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, 2);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::string out(BrotliEncoderMaxCompressedSize(parts[i].size()) + 64, '\0');
        auto left_in = parts[i].size(), left_out = out.size();
        auto* next_in = reinterpret_cast<const std::uint8_t*>(parts[i].data());
        auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
        const auto how = i + 1 == parts.size() ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
        BrotliEncoderCompressStream(encoder, how, &left_in, &next_in, &left_out, &next_out, nullptr);
        out.resize(out.size() - left_out);
        made.push_back(std::move(out));
    }
    BrotliEncoderDestroyInstance(encoder);
    return made;
}

inline std::vector<std::string> zstd_parts(const std::vector<std::string>& parts, int window_log = 0) {
    std::vector<std::string> made;
    auto* encoder = ZSTD_createCCtx();
    if (window_log > 0) ZSTD_CCtx_setParameter(encoder, ZSTD_c_windowLog, window_log);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::string out(ZSTD_compressBound(parts[i].size()) + 64, '\0');
        ZSTD_inBuffer from{parts[i].data(), parts[i].size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        ZSTD_compressStream2(encoder, &to, &from, i + 1 == parts.size() ? ZSTD_e_end : ZSTD_e_flush);
        out.resize(to.pos);
        made.push_back(std::move(out));
    }
    ZSTD_freeCCtx(encoder);
    return made;
}

inline std::vector<std::string> encode_parts(form how, const std::vector<std::string>& parts) {
    switch (how) {
        case form::gzip:
            return deflate_parts(parts, 15 + 16);
        case form::deflate:
            return deflate_parts(parts, 15);
        case form::raw_deflate:
            return deflate_parts(parts, -15);
        case form::brotli:
            return brotli_parts(parts);
        case form::zstd:
            return zstd_parts(parts);
    }
    return {};
}

inline std::string encode(form how, std::string_view text) {
    return encode_parts(how, {std::string(text)}).front();
}

}  // namespace ferry::net::testing
