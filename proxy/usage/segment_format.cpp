#include "usage/segment_format.hpp"

#include <bit>
#include <cstring>

#include "base/number_text.hpp"
#include "usage/crc32c.hpp"
#include "usage/record_format.hpp"

namespace ferry::usage {

static_assert(std::endian::native == std::endian::little, "segments are little-endian");

namespace {

constexpr char magic[8] = {'F', 'E', 'R', 'R', 'Y', 'J', 'N', 'L'};
constexpr std::size_t header_checksum_at = 48;
constexpr std::string_view file_suffix = ".seg";
constexpr std::size_t uuid_text_bytes = 36;

template <class T>
void put(char* to, T value) {
    std::memcpy(to, &value, sizeof value);
}

template <class T>
T get(std::string_view from, std::size_t at) {
    T value;
    std::memcpy(&value, from.data() + at, sizeof value);
    return value;
}

}  // namespace

std::string segment_file_name(const segment_identity& id) {
    std::string number = std::to_string(id.number);
    if (number.size() < 10) number.insert(0, 10 - number.size(), '0');
    return to_string(id.instance) + "-" + std::to_string(id.core) + "-" + number + std::string(file_suffix);
}

std::optional<segment_identity> parse_segment_file_name(std::string_view name) {
    if (!name.ends_with(file_suffix) || name.size() < uuid_text_bytes + 1 + file_suffix.size()) return std::nullopt;
    const auto instance = parse_uuid(name.substr(0, uuid_text_bytes));
    if (!instance || name[uuid_text_bytes] != '-') return std::nullopt;
    name = name.substr(uuid_text_bytes + 1, name.size() - uuid_text_bytes - 1 - file_suffix.size());
    const std::size_t dash = name.find('-');
    if (dash == name.npos) return std::nullopt;
    const auto core = parse_number<std::uint32_t>(name.substr(0, dash));
    const auto number = parse_number<std::uint64_t>(name.substr(dash + 1));
    if (!core || !number) return std::nullopt;
    return segment_identity{*instance, *core, *number};
}

std::uint32_t checksum_seed(const segment_identity& id) {
    char bytes[28];
    std::memcpy(bytes, id.instance.bytes.data(), 16);
    put(bytes + 16, id.core);
    put(bytes + 20, id.number);
    return crc32c({bytes, sizeof bytes});
}

void write_header(char* page, const segment_header& header) {
    std::memcpy(page, magic, sizeof magic);
    put(page + 8, header.version);
    put(page + 12, header.id.core);
    std::memcpy(page + 16, header.id.instance.bytes.data(), 16);
    put(page + 32, header.id.number);
    put(page + 40, header.file_bytes);
    put(page + header_checksum_at, crc32c({page, header_checksum_at}));
}

header_state check_header(std::string_view file, const segment_identity& expected, segment_header& out) {
    if (file.size() < segment_header_bytes || std::memcmp(file.data(), magic, sizeof magic) != 0)
        return header_state::damaged;
    if (get<std::uint32_t>(file, header_checksum_at) != crc32c(file.substr(0, header_checksum_at)))
        return header_state::damaged;
    out.version = get<std::uint32_t>(file, 8);
    if (out.version > segment_version) return header_state::newer_version;
    out.id.core = get<std::uint32_t>(file, 12);
    std::memcpy(out.id.instance.bytes.data(), file.data() + 16, 16);
    out.id.number = get<std::uint64_t>(file, 32);
    out.file_bytes = get<std::uint64_t>(file, 40);
    return out.id == expected ? header_state::good : header_state::damaged;
}

void write_checkpoint(char* to, const segment_identity& id, std::uint64_t checkpoint) {
    put(to, checkpoint);
    put(to + 8, crc32c({to, 8}, checksum_seed(id)));
    put(to + 12, std::uint32_t{0});
}

std::uint64_t read_checkpoint(std::string_view file, const segment_identity& id) {
    if (file.size() < segment_header_bytes) return 0;
    const std::string_view stored = file.substr(checkpoint_bytes::offset, checkpoint_bytes::size);
    const bool fits = get<std::uint32_t>(stored, 8) == crc32c(stored.substr(0, 8), checksum_seed(id));
    return fits ? get<std::uint64_t>(stored, 0) : 0;
}

void write_frame(char* to, std::uint32_t seed, std::uint64_t sequence, std::string_view payload) {
    put(to + 4, static_cast<std::uint32_t>(payload.size()));
    put(to + 8, sequence);
    std::memcpy(to + frame_header_bytes, payload.data(), payload.size());
    put(to, crc32c({to + 4, frame_header_bytes - 4 + payload.size()}, seed));
}

frame_reader::frame_reader(std::string_view file, const segment_identity& id, std::uint64_t from)
    : file_(file), seed_(checksum_seed(id)), at_(from) {}

// A frame whose sequence could follow the last one, if there is a whole one at `offset`.
std::optional<frame> frame_reader::frame_at(std::uint64_t offset, std::uint64_t& sequence) const {
    if (offset + frame_header_bytes > file_.size()) return std::nullopt;
    const auto length = get<std::uint32_t>(file_, offset + 4);
    if (length == 0 || length > max_record_bytes || offset + frame_header_bytes + length > file_.size())
        return std::nullopt;
    sequence = get<std::uint64_t>(file_, offset + 8);
    if (sequence <= sequence_) return std::nullopt;
    const std::string_view covered = file_.substr(offset + 4, frame_header_bytes - 4 + length);
    if (get<std::uint32_t>(file_, offset) != crc32c(covered, seed_)) return std::nullopt;
    return frame{offset, covered.substr(frame_header_bytes - 4)};
}

std::optional<frame> frame_reader::next() {
    for (std::uint64_t offset = at_; offset + frame_header_bytes <= file_.size(); offset += 8) {
        std::uint64_t sequence = 0;
        const std::optional<frame> found = frame_at(offset, sequence);
        if (!found) continue;
        if (offset != at_ || sequence != sequence_ + 1) skipped_damage_ = true;
        sequence_ = sequence;
        at_ = offset + frame_bytes(found->payload.size());
        return found;
    }
    return std::nullopt;
}

bool frame_reader::has_clean_tail() const {
    if (at_ >= file_.size()) return true;
    const std::string_view tail = file_.substr(at_);
    return tail[0] == 0 && std::memcmp(tail.data(), tail.data() + 1, tail.size() - 1) == 0;
}

}  // namespace ferry::usage
