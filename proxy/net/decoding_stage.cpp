#include "net/decoding_stage.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>

namespace ferry::net {

namespace {

constexpr std::size_t gzip_memory = 48u << 10;  // zlib.h says how it comes about
constexpr int largest_window_log = 23;          // 8 MiB, as RFC 9659 has it for zstd as a content coding

// gzip and both forms of deflate.
class inflating : public decoding_stage {
public:
    explicit inflating(content_coding coding) : coding_(coding) {
        // A `deflate` body is in the format of zlib (RFC 9110 section 8.4.1.2); some senders leave the wrapping away.
        // Which it is shows in its first two bytes.
        if (coding == content_coding::gzip) begin(15 + 16);
    }
    ~inflating() override {
        if (begun_) inflateEnd(&z_);
    }

    bool run(std::string_view& in, std::span<char>& out) override {
        if (!begun_ && !look_at_wrapping(in)) return true;
        while (!in.empty() || !out.empty()) {
            if (ended_ && !begin_next_member(in)) return in.empty();
            const auto before_in = in.size(), before_out = out.size();
            const int got = inflate_some(in, out);
            if (got == Z_STREAM_END) ended_ = true;
            if (got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) return false;
            if (in.size() == before_in && out.size() == before_out && got != Z_STREAM_END) return true;
        }
        return true;
    }
    bool complete() const override { return ended_ || !any_; }
    std::size_t memory() const override { return begun_ ? gzip_memory : 0; }

private:
    void begin(int window_bits) {
        if (inflateInit2(&z_, window_bits) != Z_OK) throw std::bad_alloc();
        begun_ = true;
    }

    // Collects the first two bytes. False while they are not there.
    bool look_at_wrapping(std::string_view& in) {
        while (first_size_ < 2 && !in.empty()) {
            first_[first_size_++] = in.front();
            in.remove_prefix(1);
            any_ = true;
        }
        if (first_size_ < 2) return false;
        const auto cmf = static_cast<unsigned char>(first_[0]), flags = static_cast<unsigned char>(first_[1]);
        const bool wrapped = (cmf & 0x0f) == Z_DEFLATED && (cmf * 256 + flags) % 31 == 0;
        begin(wrapped ? 15 : -15);
        return true;
    }

    // gzip may be several members, one behind the other (RFC 1952 section 2.2); nothing may follow a deflate body.
    bool begin_next_member(std::string_view in) {
        if (in.empty() || coding_ != content_coding::gzip) return false;
        inflateReset(&z_);
        ended_ = false;
        return true;
    }

    int inflate_some(std::string_view& in, std::span<char>& out) {
        // The two bytes that were looked at go first.
        std::string_view first(first_ + first_given_, first_size_ - first_given_);
        auto& from = first.empty() ? in : first;
        constexpr std::size_t most = std::numeric_limits<uInt>::max();
        z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
        z_.avail_in = static_cast<uInt>(std::min(from.size(), most));
        z_.next_out = reinterpret_cast<Bytef*>(out.data());
        z_.avail_out = static_cast<uInt>(std::min(out.size(), most));
        const auto given_in = z_.avail_in, given_out = z_.avail_out;
        if (given_in > 0) any_ = true;
        const int got = inflate(&z_, Z_SYNC_FLUSH);
        const std::size_t used = given_in - z_.avail_in;
        if (&from == &first) first_given_ += used;
        from.remove_prefix(used);
        out = out.subspan(given_out - z_.avail_out);
        return &from == &first && got == Z_OK && first_given_ == first_size_ ? inflate_rest(in, out) : got;
    }
    int inflate_rest(std::string_view& in, std::span<char>& out) {
        return in.empty() ? Z_OK : inflate_some(in, out);
    }

    const content_coding coding_;
    z_stream z_{};
    char first_[2];
    std::size_t first_size_ = 0, first_given_ = 0;
    bool begun_ = false, any_ = false, ended_ = false;
};

class unbrotling : public decoding_stage {
public:
    unbrotling() : decoder_(BrotliDecoderCreateInstance(allocate, give_back, this)) {
        if (decoder_ == nullptr) throw std::bad_alloc();
    }
    ~unbrotling() override { BrotliDecoderDestroyInstance(decoder_); }

    bool run(std::string_view& in, std::span<char>& out) override {
        if (ended_) return in.empty();
        any_ = any_ || !in.empty();
        if (!any_) return true;
        auto left_in = in.size(), left_out = out.size();
        auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
        const auto got = BrotliDecoderDecompressStream(decoder_, &left_in, &next_in, &left_out, &next_out, nullptr);
        in.remove_prefix(in.size() - left_in);
        out = out.subspan(out.size() - left_out);
        ended_ = got == BROTLI_DECODER_RESULT_SUCCESS;
        return got != BROTLI_DECODER_RESULT_ERROR && !(ended_ && !in.empty());
    }
    bool complete() const override { return ended_ || !any_; }
    std::size_t memory() const override { return memory_; }

private:
    // The library does not say how much it gives back, so each block begins with its size.
    static constexpr std::size_t front = alignof(std::max_align_t);

    static void* allocate(void* opaque, std::size_t size) {
        auto* block = static_cast<char*>(std::malloc(size + front));
        if (block == nullptr) return nullptr;
        *reinterpret_cast<std::size_t*>(block) = size;
        static_cast<unbrotling*>(opaque)->memory_ += size;
        return block + front;
    }
    static void give_back(void* opaque, void* address) {
        if (address == nullptr) return;
        auto* block = static_cast<char*>(address) - front;
        static_cast<unbrotling*>(opaque)->memory_ -= *reinterpret_cast<std::size_t*>(block);
        std::free(block);
    }

    std::size_t memory_ = 0;
    BrotliDecoderState* decoder_;
    bool any_ = false, ended_ = false;
};

class unzstd : public decoding_stage {
public:
    unzstd() : stream_(ZSTD_createDStream()) {
        if (stream_ == nullptr) throw std::bad_alloc();
        ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, largest_window_log);
    }
    ~unzstd() override { ZSTD_freeDStream(stream_); }

    bool run(std::string_view& in, std::span<char>& out) override {
        while (!out.empty() && (!in.empty() || filled_)) {
            if (between_frames_ && !begin_frame(in)) return is_known_magic();
            std::string_view magic(magic_ + magic_given_, magic_size_ - magic_given_);
            if (!magic.empty()) {
                if (!step(magic, out)) return false;
                magic_given_ = magic_size_ - magic.size();
            } else if (!step(in, out)) {
                return false;
            }
        }
        return true;
    }
    bool complete() const override { return between_frames_ && magic_size_ == 0; }
    std::size_t memory() const override { return ZSTD_sizeof_DStream(stream_); }

private:
    // Several frames may follow one another (RFC 8878 section 3). What a frame begins with is looked at here, because
    // the library also knows the formats before zstd had an RFC, and their memory has other limits.
    bool begin_frame(std::string_view& in) {
        while (magic_size_ < sizeof(magic_) && !in.empty()) {
            magic_[magic_size_++] = in.front();
            in.remove_prefix(1);
        }
        if (magic_size_ < sizeof(magic_) || !is_known_magic()) return false;
        between_frames_ = false;
        return true;
    }
    // As far as it is there.
    bool is_known_magic() const {
        constexpr std::string_view frame = "\x28\xb5\x2f\xfd", skippable = "\x50\x2a\x4d\x18";
        std::string first(magic_, magic_size_);
        if (frame.starts_with(first)) return true;
        first[0] = static_cast<char>(first[0] & 0xf0);
        return skippable.starts_with(first);
    }

    bool step(std::string_view& from, std::span<char>& out) {
        ZSTD_inBuffer input{from.data(), from.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const auto wants = ZSTD_decompressStream(stream_, &output, &input);
        from.remove_prefix(input.pos);
        out = out.subspan(output.pos);
        if (ZSTD_isError(wants)) return false;
        if (wants == 0) {
            between_frames_ = true;
            magic_size_ = magic_given_ = 0;
        }
        // The library takes repeated calls without progress for a fault of its caller.
        filled_ = out.empty() && wants != 0;
        return true;
    }

    ZSTD_DStream* stream_;
    char magic_[4];
    std::size_t magic_size_ = 0, magic_given_ = 0;
    bool between_frames_ = true, filled_ = false;
};

}  // namespace

std::unique_ptr<decoding_stage> make_stage(content_coding coding) {
    switch (coding) {
        case content_coding::brotli:
            return std::make_unique<unbrotling>();
        case content_coding::zstd:
            return std::make_unique<unzstd>();
        case content_coding::gzip:
        case content_coding::deflate:
            break;
    }
    return std::make_unique<inflating>(coding);
}

}  // namespace ferry::net
