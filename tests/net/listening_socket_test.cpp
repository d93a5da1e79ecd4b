#include "net/listening_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

using ferry::net::listening_socket;

BOOST_AUTO_TEST_SUITE(listening_socket_test)

BOOST_AUTO_TEST_CASE(a_socket_is_known_by_its_address_however_it_is_written) {
    const auto v4 = listening_socket::open("127.0.0.1:0", false);
    const auto port = v4.bound_address().substr(v4.bound_address().rfind(':'));
    BOOST_TEST(v4.is_bound_to("127.0.0.1" + port));
    BOOST_TEST(v4.is_bound_to("127.0.0.1:0"));
    BOOST_TEST(!v4.is_bound_to("127.0.0.1:1"));
    BOOST_TEST(!v4.is_bound_to("127.0.0.2" + port));
    BOOST_TEST(!v4.is_bound_to("0.0.0.0" + port));
    BOOST_TEST(!v4.is_bound_to("[::1]" + port));
    BOOST_TEST(!v4.is_bound_to("unix:/127.0.0.1" + port));
}

BOOST_AUTO_TEST_CASE(a_port_that_does_not_fit_is_refused) {
    for (const char* address : {"127.0.0.1:65536", "127.0.0.1:131072", "[::1]:70000"}) {
        BOOST_CHECK_THROW(listening_socket::open(address, false), std::runtime_error);
    }
}

BOOST_AUTO_TEST_CASE(an_address_of_ipv6_has_several_spellings) {
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;  // no IPv6 here
    ::close(fd);
    const auto v6 = listening_socket::open("[::1]:0", false);
    BOOST_TEST(v6.is_bound_to("[0:0:0:0:0:0:0:1]:0"));
    BOOST_TEST(!v6.is_bound_to("[::]:0"));
}

BOOST_AUTO_TEST_CASE(an_adopted_unix_socket_keeps_its_file_until_it_is_told_to_own_it) {
    const auto path = std::filesystem::temp_directory_path() / ("ferry-listening-" + std::to_string(::getpid()));
    const auto address = "unix:" + path.string();
    auto opened = listening_socket::open(address, false);
    opened.own_file(false);
    for (const bool owns : {false, true}) {
        {
            auto adopted = listening_socket::adopt(::dup(opened.fd()));
            BOOST_REQUIRE(adopted);
            BOOST_TEST(adopted->is_bound_to(address));
            BOOST_TEST((::fcntl(adopted->fd(), F_GETFD) & FD_CLOEXEC) != 0);
            BOOST_TEST((::fcntl(adopted->fd(), F_GETFL) & O_NONBLOCK) != 0);
            adopted->own_file(owns);
        }
        BOOST_TEST(std::filesystem::exists(path) != owns);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_listening_stream_socket_is_not_adopted) {
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
        BOOST_TEST(!listening_socket::adopt(fd));
        ::close(fd);
    }
    BOOST_TEST(!listening_socket::adopt(-1));
}

BOOST_AUTO_TEST_SUITE_END()
