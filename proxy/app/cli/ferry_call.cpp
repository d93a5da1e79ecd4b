#include "app/cli/ferry_call.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "app/cli/open_store.hpp"
#include "app/config/address.hpp"
#include "net/plain_stream.hpp"
#include "relay/answer/answer_check.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

constexpr std::size_t header_limit = 65536, read_size = 32768;
constexpr std::size_t most_document = 256u << 20;
constexpr std::chrono::seconds patience{10};
constexpr std::string_view unix_prefix = "unix:";

// Ferry itself is no provider: no proxy stands before it, and no network is denied to it.
upstream::options towards_ferry(const settings& chosen, bool trusts_all) {
    upstream::options made = chosen.upstream;
    made.proxy = "direct";
    made.denied_networks.clear();
    made.tls_verify = !trusts_all;
    made.client_certificate.clear();
    made.client_key.clear();
    return made;
}

// What listens everywhere is asked on this machine.
std::string url_of(const std::string& listen, bool is_tls) {
    std::string address = listen;
    if (address.starts_with("0.0.0.0:")) address.replace(0, 7, "127.0.0.1");
    if (address.starts_with("[::]:")) address.replace(0, 4, "[::1]");
    return (is_tls ? "https://" : "http://") + address;
}

// "https://host/base/v1/" -> "/base"
std::string base_of(std::string target) {
    const auto drop = [&target](std::string_view end) {
        if (target.ends_with(end)) target.erase(target.size() - end.size());
    };
    drop("/");
    drop("/v1");
    drop("/");
    return target;
}

ferry_place unix_place(std::string address) {
    if (const auto wrong = check_listen_address(address); !wrong.empty()) refuse_usage("--url: " + wrong);
    ferry_place made;
    made.name = address;
    made.unix_path = address.substr(unix_prefix.size());
    return made;
}

}  // namespace

ferry_place place_of(const settings& chosen, const std::optional<std::string>& url) {
    const bool is_tls = !chosen.server.tls_certificate.empty();
    const std::string& listen = chosen.server.listen.front();
    if (url ? url->starts_with(unix_prefix) : listen.starts_with(unix_prefix)) return unix_place(url.value_or(listen));
    if (!url && listen.ends_with(":0")) refuse_usage("server.listen has port 0, so nobody knows it: give --url");
    ferry_place made;
    made.name = url ? *url : url_of(listen, is_tls);
    auto parsed = catalog::parse_endpoint(made.name);
    if (!parsed || parsed->target.find('?') != std::string::npos)
        refuse_usage(
            "--url must be such as http://127.0.0.1:5173, https://ferry.example.com/v1 or unix:/run/ferry.sock");
    made.endpoint = std::move(*parsed);
    made.base = base_of(made.endpoint.target);
    return made;
}

ferry_call::ferry_call(asio::io_context& core, net::timer_wheel& wheel, const settings& chosen, ferry_place where,
                       bool trusts_all)
    : core_(core),
      where_(std::move(where)),
      trusts_all_(trusts_all),
      dialer_(core, wheel, names_, towards_ferry(chosen, trusts_all)),
      limit_(wheel),
      reader_(net::http_reader::kind::response, header_limit) {
    limit_.on_expiry([this] { slot_.poke(); });
}

ferry_call::~ferry_call() {
    lookup_.stop();
}

asio::awaitable<ferry_answer> ferry_call::ask(ferry_request request, sink events) {
    ferry_answer got;
    bool is_there = co_await connect(got);
    if (!is_there) co_return got;
    const net::interrupt_slot::holder waiting(slot_, *stream_);
    const std::string head = head_of(request);
    std::array<iovec, 2> pieces = {net::piece(head), net::piece(request.body)};
    co_await stream_->write_all(pieces);  // if it fails, an answer may have come all the same
    is_there = co_await read_head(got);
    if (is_there) co_await read_body(got, events);
    stream_->close();
    if (got.status == 0 && got.failed.empty()) got.failed = where_.name + " closed the connection without an answer.";
    co_return got;
}

std::string ferry_call::head_of(const ferry_request& request) const {
    const auto& host = where_.unix_path.empty() ? where_.endpoint.host_header : "ferry";
    std::string head = fmt::format("{} {}{} HTTP/1.1\r\nhost: {}\r\n", request.method, where_.base, request.path, host);
    if (!request.key.empty()) head += "authorization: Bearer " + request.key + "\r\n";
    head += fmt::format("user-agent: ferry/{}\r\nconnection: close\r\n", FERRY_VERSION);
    if (request.method == "GET") return head + "\r\n";
    head += fmt::format("content-type: application/json\r\ncontent-length: {}\r\n\r\n", request.body.size());
    return head;
}

asio::awaitable<bool> ferry_call::connect(ferry_answer& got) {
    if (!where_.unix_path.empty()) co_return connect_unix(got);
    const auto until = steady::now() + patience;
    limit_.arm(until);
    upstream::dial_memory memory;
    upstream::dial_times took;
    auto dialled = co_await dialer_.dial(where_.endpoint, memory, until, slot_, took);
    limit_.cancel();
    if (dialled) {
        stream_ = std::move(dialled->made);
        co_return true;
    }
    const auto& why = dialled.error();
    const auto& text = why.for_operator.empty() ? why.message : why.for_operator;
    got.failed = fmt::format("no Ferry can be reached at {}: {} ", where_.name, text);
    if (why.code == fault_code::upstream_tls_error && !trusts_all_)
        got.failed += "Name its authority with upstream.ca_file, or take any certificate with --insecure.";
    else
        got.failed += "Start it with `ferry serve`, or name another one with --url.";
    co_return false;
}

bool ferry_call::connect_unix(ferry_answer& got) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::strncpy(to.sun_path, where_.unix_path.c_str(), sizeof(to.sun_path) - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) stream_ = std::make_unique<net::plain_stream>(net::owned_socket(core_, fd, false));
    if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) return true;
    got.failed =
        fmt::format("no Ferry can be reached at {}: {}. Start it with `ferry serve`, or name another one with --url.",
                    where_.name, std::strerror(errno));
    return false;
}

// False when no more will come.
asio::awaitable<bool> ferry_call::read_more() {
    const auto before = buffer_.size();
    buffer_.resize(before + read_size);
    const std::span<char> into(buffer_.data() + before, read_size);
    const auto read = co_await stream_->read_some(into);
    buffer_.resize(before + read.bytes);
    co_return read.status == net::io_status::ok;
}

asio::awaitable<bool> ferry_call::read_head(ferry_answer& got) {
    for (;;) {
        const auto progress = reader_.read_head(buffer_);
        if (!progress) {
            got.failed =
                fmt::format("what answers at {} is no Ferry, or speaks https: give its URL with --url.", where_.name);
            co_return false;
        }
        if (*progress == net::http_reader::progress::done) break;
        const bool is_there = co_await read_more();
        if (!is_there) co_return false;
    }
    got.status = reader_.head().status;
    got.is_stream = relay::is_event_stream(reader_.head());
    buffer_.erase(0, reader_.head_size());
    co_return true;
}

asio::awaitable<void> ferry_call::read_body(ferry_answer& got, const sink& events) {
    for (;;) {
        piece_list payload;
        const auto consumed = reader_.read_body(buffer_, payload);
        if (!consumed) co_return;
        for (const auto piece : payload) {
            if (got.is_stream)
                events(piece);
            else
                got.body += piece;
        }
        buffer_.erase(0, *consumed);
        got.is_whole = reader_.body_done();
        if (got.is_whole || got.body.size() > most_document) co_return;
        const bool is_there = co_await read_more();
        if (is_there) continue;
        got.is_whole = reader_.ends_with_connection() && !slot_.interrupted();
        co_return;
    }
}

}  // namespace ferry::app
