// What a journal's folder may hold after a crash, a bad disk or a hand that slipped: as one record; as records that go
// through the assembler one after the other; as the bytes of a segment; and as a good segment that was damaged.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "usage/assembler.hpp"
#include "usage/record_format.hpp"
#include "usage/segment_format.hpp"

using namespace ferry;
using namespace ferry::usage;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const segment_identity identity{{}, 1, 7};

// What was understood can be written again, and then says the same.
void write_again(const decoded_record& record) {
    record_buffer buffer;
    std::string again;
    if (const auto* begin = std::get_if<begin_record>(&record)) again = buffer.encode(*begin);
    if (const auto* tried = std::get_if<decoded_attempt>(&record)) again = buffer.encode(tried->id, tried->record);
    if (const auto* end = std::get_if<decoded_end>(&record)) {
        end_record whole = end->record;
        whole.attempts = end->attempts;
        again = buffer.encode(end->id, whole);
    }
    if (again.empty()) return;
    require(again.size() <= max_record_bytes);
    const decoded_record read = decode(again);
    require(read.index() == record.index());
    record_buffer once_more;
    if (const auto* begin = std::get_if<begin_record>(&read)) require(once_more.encode(*begin) == again);
    if (const auto* end = std::get_if<decoded_end>(&read)) {
        end_record whole = end->record;
        whole.attempts = end->attempts;
        require(once_more.encode(end->id, whole) == again);
        require(once_more.encode(end->id, whole, least_end_bytes).size() <= least_end_bytes);
    }
}

bool is_storable(std::string_view text) {
    return text.find('\0') == std::string_view::npos && is_utf8(text);
}

void check_rows(batch& made) {
    require(made.attempts_end.size() == made.rows.size());
    for (std::size_t i = 0; i < made.rows.size(); ++i) {
        const store::usage_row& row = made.rows[i];
        require(row.request_id.size() == 36 && is_storable(row.model_name) && is_storable(row.operation));
        for (const auto* text : {&row.end_user, &row.user_agent, &row.error_code, &row.trace_id})
            require(!*text || is_storable(**text));
        const std::size_t first = made.first_attempt_of(i), last = made.attempts_end[i];
        require(first <= last && last <= made.attempts.size());
        require(row.attempts == static_cast<std::int64_t>(last - first));
    }
}

void assemble(const std::vector<std::string_view>& records) {
    assembler all{uuid{}};
    batch made;
    for (const std::string_view record : records) all.feed(record, false, made);
    check_rows(made);
    made.clear();
    all.abandon(made);
    check_rows(made);
}

// A length in one byte, then as much; what is left over is the last record.
std::vector<std::string_view> pieces_of(std::string_view input) {
    std::vector<std::string_view> pieces;
    while (!input.empty()) {
        const std::size_t length = static_cast<unsigned char>(input[0]);
        input.remove_prefix(1);
        pieces.push_back(input.substr(0, length));
        input.remove_prefix(pieces.back().size());
    }
    return pieces;
}

std::vector<std::string> frames_in(std::string_view file) {
    std::vector<std::string> found;
    frame_reader reader(file, identity);
    std::uint64_t before = 0;
    while (const auto next = reader.next()) {
        require(next->offset >= std::max(before, segment_header_bytes) && next->offset % 8 == 0);
        require(next->offset + frame_header_bytes + next->payload.size() <= file.size());
        before = reader.offset();
        found.emplace_back(next->payload);
    }
    reader.has_clean_tail();
    return found;
}

// Damage costs records, and makes none: what comes back was written, in that order.
void damage_a_segment(const std::vector<std::string_view>& records, std::string_view seed) {
    std::string file(segment_header_bytes, '\0');
    write_header(file.data(), {segment_version, identity, 1 << 20});
    write_checkpoint(file.data() + checkpoint_bytes::offset, identity, 5000);
    std::uint64_t sequence = 0;
    std::vector<std::string> written;
    for (const std::string_view record : records) {
        if (record.empty()) continue;
        const std::size_t at = file.size();
        file.resize(at + frame_bytes(record.size()));
        write_frame(file.data() + at, checksum_seed(identity), ++sequence, record);
        written.emplace_back(record);
    }
    segment_header header;
    require(check_header(file, identity, header) == header_state::good && read_checkpoint(file, identity) == 5000);
    require(frames_in(file) == written);
    for (std::size_t i = 0; i + 4 < seed.size() && i < 40; i += 4) {
        std::uint32_t where = 0;
        std::memcpy(&where, seed.data() + i, sizeof where);
        file[where % file.size()] = seed[i + 4];
    }
    const auto left = frames_in(file);
    auto next = written.begin();
    for (const std::string& one : left) {
        next = std::find(next, written.end(), one);
        require(next != written.end());
        ++next;
    }
    frames_in(std::string_view(file).substr(0, file.size() - seed.size() % file.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    write_again(decode(input));
    const auto records = pieces_of(input);
    assemble({input});
    assemble(records);
    segment_header header;
    check_header(input, identity, header);
    read_checkpoint(input, identity);
    frames_in(input);
    damage_a_segment(records, input);
    return 0;
}
