#include "base/log_writer.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/descriptor_pipe.hpp"
#include "support/lines_in.hpp"

namespace {

void put(ferry::log_writer& writer, const std::string& line) {
    writer.add(line + '\n', 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_writer)

BOOST_AUTO_TEST_CASE(lines_are_kept_back_until_16_kib_or_a_flush) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_writer writer(pipe.write_end());
    put(writer, std::string(1000, 'a'));
    BOOST_TEST(pipe.read_available().empty());
    writer.flush();
    BOOST_TEST(pipe.read_available().size() == 1001u);
    for (int i = 0; i < 16; ++i) put(writer, std::string(1023, 'b'));
    BOOST_TEST(pipe.read_available().size() == 16u * 1024);
}

BOOST_AUTO_TEST_CASE(what_is_buffered_is_written_when_the_writer_ends) {
    ferry::test::descriptor_pipe pipe;
    {
        ferry::log_writer writer(pipe.write_end());
        put(writer, "last");
    }
    BOOST_TEST(pipe.read_available() == "last\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_stands_still_never_blocks_and_gets_whole_lines_once_it_reads) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_writer writer(pipe.write_end());
    const std::string line(999, 'x');
    for (int i = 0; i < 3000; ++i) put(writer, line);  // 3 MB: more than pipe and buffer hold
    BOOST_TEST(writer.lost_lines() > 0u);
    std::string all;
    for (std::string piece = pipe.read_available(); !piece.empty(); piece = pipe.read_available()) {
        all += piece;
        writer.flush();
    }
    BOOST_TEST(ferry::test::lines_in(all) + writer.lost_lines() == 3000u);
    BOOST_TEST(all.size() == ferry::test::lines_in(all) * 1000);
    put(writer, "after");
    writer.flush();
    BOOST_TEST(pipe.read_available() == "after\n");
}

BOOST_AUTO_TEST_CASE(lines_of_two_writers_never_mix_however_full_the_pipe_is) {
    ferry::test::descriptor_pipe pipe;
    std::string all;
    {
        ferry::log_writer one(pipe.write_end()), two(pipe.write_end());
        for (int i = 0; i < 500; ++i) {
            put(one, std::string(900, '1'));
            put(two, std::string(700, '2'));
        }
        for (std::string piece = pipe.read_available(); !piece.empty(); piece = pipe.read_available()) {
            all += piece;
            one.flush();
            two.flush();
        }
    }
    BOOST_TEST(ferry::test::lines_in(all) == 1000u);
    std::istringstream lines(all);
    for (std::string line; std::getline(lines, line);) {
        BOOST_TEST((line == std::string(900, '1') || line == std::string(700, '2')));
    }
}

BOOST_AUTO_TEST_CASE(the_descriptor_itself_keeps_its_mode) {
    ferry::test::descriptor_pipe pipe;
    const int before = ::fcntl(pipe.write_end(), F_GETFL);
    ferry::log_writer writer(pipe.write_end());
    BOOST_TEST((before & O_NONBLOCK) == 0);
    BOOST_TEST(::fcntl(pipe.write_end(), F_GETFL) == before);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_costs_the_lines_and_nothing_else) {
    ::signal(SIGPIPE, SIG_IGN);
    ferry::test::descriptor_pipe pipe;
    ferry::log_writer writer(pipe.write_end());
    pipe.close_read_end();
    put(writer, "lost");
    put(writer, "lost too");
    writer.flush();
    BOOST_TEST(writer.lost_lines() == 2u);
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_full_never_blocks) {
    int ends[2];
    BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    {
        ferry::log_writer writer(ends[0]);
        for (int i = 0; i < 3000; ++i) put(writer, std::string(999, 'x'));
        BOOST_TEST(writer.lost_lines() > 0u);
    }
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_file_gets_every_line_of_several_writers_after_what_it_held) {
    char path[] = "/tmp/ferry-log-writer-XXXXXX";
    const int file = ::mkostemp(path, O_CLOEXEC | O_APPEND);
    BOOST_TEST_REQUIRE(file >= 0);
    BOOST_TEST(::write(file, "old\n", 4) == 4);
    {
        ferry::log_writer one(file), two(file);
        for (int i = 0; i < 100; ++i) {
            put(one, std::string(999, '1'));
            put(two, std::string(999, '2'));
        }
    }
    ::close(file);
    std::ifstream back(path);
    const std::string text{std::istreambuf_iterator<char>(back), {}};
    ::unlink(path);
    BOOST_TEST(text.starts_with("old\n"));
    BOOST_TEST(text.size() == 4u + 200 * 1000);
}

BOOST_AUTO_TEST_SUITE_END()
