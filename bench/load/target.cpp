#include "load/target.hpp"

#include <algorithm>
#include <stdexcept>

namespace ferry::bench {
namespace {

// Headers that the load speaks for itself.
std::string checked_header(const std::string& line) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || line.find_first_of("\r\n") != std::string::npos) {
        throw std::invalid_argument("--header " + line + ": give it as 'Name: value'");
    }
    auto name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "content-length" || name == "transfer-encoding" || name == "connection") {
        throw std::invalid_argument("--header " + line + ": this one is set by the load itself");
    }
    return line + "\r\n";
}

bool names(const std::string& lines, const std::string& header) {
    std::string low = lines;
    std::transform(low.begin(), low.end(), low.begin(), [](unsigned char c) { return std::tolower(c); });
    return low.rfind(header, 0) == 0 || low.find("\n" + header) != std::string::npos;
}

}  // namespace

load_target::load_target(const load_options& options) : url_(parsed_base_url(options.base_url)) {
    std::string added;
    for (const auto& line : options.headers) added += checked_header(line);
    std::string head = "POST " + url_.path + std::string(path_of(options.work.operation)) + " HTTP/1.1\r\n";
    if (!names(added, "host:")) head += "Host: " + url_.authority() + "\r\n";
    if (!names(added, "user-agent:")) head += "User-Agent: ferry-bench/" FERRY_VERSION "\r\n";
    if (!names(added, "content-type:")) head += "Content-Type: application/json\r\n";
    if (!names(added, "accept:")) {
        head += options.work.streamed ? "Accept: text/event-stream\r\n" : "Accept: application/json\r\n";
    }
    head += added;
    auto keys = options.work.keys;
    if (keys.empty()) keys.emplace_back();
    for (const auto& key : keys) {
        if (key.name.find_first_of("\r\n") != std::string::npos) throw std::invalid_argument("--api-key: a line break");
        const auto bearer = key.name.empty() ? "" : "Authorization: Bearer " + key.name + "\r\n";
        heads_.push_back(head + bearer + "Content-Length: ");
    }
    if (url_.is_tls) tls_ = make_client_tls_context(!options.insecure, options.ca_file);
    where_ = resolve(url_.host, url_.port);
}

}  // namespace ferry::bench
