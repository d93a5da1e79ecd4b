#include "usage/segment_format.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::usage;

// A segment in memory with frames "frame 1", "frame 2", ...
struct sample {
    explicit sample(std::uint64_t count) {
        write_header(bytes.data(), {segment_version, id, bytes.size()});
        for (std::uint64_t n = 1; n <= count; ++n) {
            const std::string payload = "frame " + std::to_string(n) + std::string(n % 9, '.');
            write_frame(bytes.data() + end, checksum_seed(id), n, payload);
            offsets.push_back(end);
            payloads.push_back(payload);
            end += frame_bytes(payload.size());
        }
    }
    segment_identity id{make_uuid(), 3, 9};
    std::string bytes = std::string(16 * 1024, '\0');
    std::uint64_t end = segment_header_bytes;
    std::vector<std::uint64_t> offsets;
    std::vector<std::string> payloads;
};

std::vector<std::string> read_all(frame_reader& reader) {
    std::vector<std::string> found;
    while (const auto frame = reader.next()) found.emplace_back(frame->payload);
    return found;
}

BOOST_AUTO_TEST_SUITE(segment_format)

BOOST_AUTO_TEST_CASE(a_file_name_says_which_segment_it_is) {
    const segment_identity id{make_uuid(), 12, 345};
    BOOST_TEST((parse_segment_file_name(segment_file_name(id)) == id));
    BOOST_TEST(!parse_segment_file_name("dead-letter.jsonl").has_value());
    BOOST_TEST(!parse_segment_file_name(segment_file_name(id) + ".tmp").has_value());
    BOOST_TEST(!parse_segment_file_name(to_string(id.instance) + "-1.seg").has_value());
    BOOST_TEST(!parse_segment_file_name(".seg").has_value());
}

BOOST_AUTO_TEST_CASE(frames_come_back_in_order_and_the_rest_is_clean) {
    sample s(20);
    frame_reader reader(s.bytes, s.id);
    BOOST_TEST(read_all(reader) == s.payloads, boost::test_tools::per_element());
    BOOST_TEST(reader.offset() == s.end);
    BOOST_TEST(!reader.skipped_damage());
    BOOST_TEST(reader.has_clean_tail());
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_costs_the_frame_it_is_in_and_no_other) {
    const sample s(5);
    for (std::uint64_t at = segment_header_bytes; at < s.end; ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string bytes = s.bytes;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            frame_reader reader(bytes, s.id);
            const auto found = read_all(reader);
            BOOST_TEST_REQUIRE(found.size() >= 4u);
            for (const std::string& payload : found)
                BOOST_TEST_REQUIRE((std::find(s.payloads.begin(), s.payloads.end(), payload) != s.payloads.end()));
            // Damage is seen, unless it is in the zeros between two frames, where it harms nothing.
            BOOST_TEST_REQUIRE((found.size() == 5u || reader.skipped_damage() || !reader.has_clean_tail()));
        }
}

BOOST_AUTO_TEST_CASE(a_torn_last_frame_ends_the_segment_with_an_unclean_tail) {
    sample s(5);
    for (std::uint64_t cut = s.offsets[4] + 1; cut < s.offsets[4] + frame_header_bytes + s.payloads[4].size(); ++cut) {
        std::string bytes = s.bytes;
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(cut), bytes.end(), '\0');
        frame_reader reader(bytes, s.id);
        BOOST_TEST_REQUIRE(read_all(reader).size() == 4u);
        BOOST_TEST_REQUIRE(!reader.skipped_damage());
    }
}

BOOST_AUTO_TEST_CASE(frames_of_another_segment_or_out_of_order_are_not_taken) {
    sample s(3), other(3);
    frame_reader strange(s.bytes, other.id);
    BOOST_TEST(read_all(strange).empty());
    // The first frame again, behind the last one, as a recycled file might hold it.
    const std::string first = s.bytes.substr(s.offsets[0], s.offsets[1] - s.offsets[0]);
    s.bytes.replace(s.end, first.size(), first);
    frame_reader reader(s.bytes, s.id);
    BOOST_TEST(read_all(reader).size() == 3u);
    BOOST_TEST(!reader.has_clean_tail());
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_when_the_file_has_grown) {
    sample s(6);
    frame_reader reader(std::string_view(s.bytes).substr(0, s.offsets[2]), s.id);
    BOOST_TEST(read_all(reader).size() == 2u);
    reader.extend(std::string_view(s.bytes).substr(0, s.end));
    BOOST_TEST(read_all(reader).size() == 4u);
    BOOST_TEST(!reader.skipped_damage());
}

BOOST_AUTO_TEST_CASE(a_header_tells_a_newer_version_from_damage) {
    sample s(1);
    segment_header found;
    BOOST_TEST((check_header(s.bytes, s.id, found) == header_state::good));
    BOOST_TEST(found.file_bytes == s.bytes.size());
    std::string newer = s.bytes;
    write_header(newer.data(), {segment_version + 1, s.id, newer.size()});
    BOOST_TEST((check_header(newer, s.id, found) == header_state::newer_version));
    for (std::size_t at = 0; at < 52; ++at) {
        std::string bytes = s.bytes;
        bytes[at] ^= 4;
        BOOST_TEST((check_header(bytes, s.id, found) == header_state::damaged));
    }
    BOOST_TEST((check_header("short", s.id, found) == header_state::damaged));
}

BOOST_AUTO_TEST_CASE(a_damaged_checkpoint_counts_as_none) {
    sample s(1);
    BOOST_TEST(read_checkpoint(s.bytes, s.id) == 0u);
    write_checkpoint(s.bytes.data() + checkpoint_bytes::offset, s.id, 5000);
    BOOST_TEST(read_checkpoint(s.bytes, s.id) == 5000u);
    s.bytes[checkpoint_bytes::offset + 1] ^= 1;
    BOOST_TEST(read_checkpoint(s.bytes, s.id) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
