#include "usage/retention.hpp"

#include <map>
#include <set>
#include <vector>

#include "base/file.hpp"
#include "usage/record_format.hpp"
#include "usage/segment_format.hpp"

namespace ferry::usage {

namespace {

using ids = std::set<uuid>;

// Adds what was begun before the time and takes away what has ended and is in the store.
void follow(const decoded_record& record, bool is_committed, std::int64_t before_us, ids& waiting) {
    if (const auto* begin = std::get_if<begin_record>(&record))
        if (begin->started_at_us < before_us) waiting.insert(begin->id);
    if (const auto* end = std::get_if<decoded_end>(&record))
        if (is_committed) waiting.erase(end->id);
}

// False if the segment cannot be understood.
bool read_segment(const std::string& folder, const segment_identity& id, std::int64_t before_us, ids& waiting) {
    const std::string bytes = file::open_existing(folder + "/" + segment_file_name(id)).read();
    segment_header header;
    if (check_header(bytes, id, header) != header_state::good)
        return bytes.find_first_not_of('\0') == bytes.npos;  // only prepared
    const std::uint64_t checkpoint = read_checkpoint(bytes, id);
    frame_reader reader(bytes, id);
    while (const auto found = reader.next()) {
        const decoded_record record = decode(found->payload);
        if (std::holds_alternative<newer_record>(record)) return false;
        follow(record, found->offset < checkpoint, before_us, waiting);
    }
    return true;
}

}  // namespace

std::int64_t beginning_of_kept(std::int64_t now_us, std::chrono::days kept) {
    using namespace std::chrono;
    const sys_days oldest = floor<days>(sys_time<microseconds>(microseconds(now_us))) - kept;
    const year_month_day date(oldest);
    const sys_days first = date.year() / date.month() / 1;
    return duration_cast<microseconds>(first.time_since_epoch()).count();
}

bool others_hold_rows_before(const std::string& folder, const uuid& own, std::int64_t before_us) {
    std::map<uuid, std::vector<segment_identity>> others;
    for (const std::string& name : list_folder(folder))
        if (const auto id = parse_segment_file_name(name); id && id->instance != own)
            others[id->instance].push_back(*id);
    for (const auto& [instance, segments] : others) {
        ids waiting;
        for (const segment_identity& id : segments) {  // sorted by name, and so by core and number
            try {
                if (!read_segment(folder, id, before_us, waiting)) return true;
            } catch (const file_error& error) {
                if (error.code() != std::errc::no_such_file_or_directory) return true;
            }
        }
        if (!waiting.empty()) return true;
    }
    return false;
}

}  // namespace ferry::usage
