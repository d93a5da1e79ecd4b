#include "upstream/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "upstream/worker.hpp"

namespace ferry::bench {
namespace {

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

boost::json::value read_script(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("--script: cannot read " + file);
    std::stringstream text;
    text << in.rdbuf();
    try {
        return boost::json::parse(text.str());
    } catch (const std::exception& e) {
        throw std::runtime_error("--script " + file + " is not JSON: " + e.what());
    }
}

// Written whole under another name first: whoever waits for the file never sees half of it.
void write_port_file(const std::string& file, std::uint16_t port) {
    const std::string half = file + ".part";
    std::ofstream(half) << port << '\n';
    std::error_code error;
    std::filesystem::rename(half, file, error);
    if (error) throw std::runtime_error("--port-file: cannot write " + file + ": " + error.message());
}

void prepare(upstream_shared& shared) {
    const auto& o = shared.options;
    if (o.tls_certificate.empty() != o.tls_key.empty()) {
        throw std::runtime_error("--tls-cert and --tls-key go together: give both or none");
    }
    const auto& still = o.standing_still;
    if ((still.every.count() > 0) != (still.lasting.count() > 0) || still.lasting > still.every) {
        throw std::runtime_error(
            "--pause-every-ms and --pause-ms go together, and a pause ends before the next one: give 10000 and 1000, "
            "or none");
    }
    if (!o.tls_certificate.empty()) shared.tls = make_tls_context(o.tls_certificate, o.tls_key, o.tls_allowed);
    if (o.script_file.empty()) return;
    try {
        shared.commands.set_start_script(read_script(o.script_file));
    } catch (const std::invalid_argument& e) {
        throw std::runtime_error("--script " + o.script_file + ": " + e.what());
    }
}

}  // namespace

int run_upstream(const upstream_options& options) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // inherited by the workers: only sigwait below sees them
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();

    upstream_shared shared(options);
    prepare(shared);
    const listener listening(options.listen, options.way);
    std::vector<std::unique_ptr<worker>> workers;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1u, options.threads); ++i) {
        workers.push_back(std::make_unique<worker>(listening.fd(), shared));
    }
    for (auto& w : workers) threads.emplace_back(&worker::run, w.get());
    if (!options.port_file.empty()) write_port_file(options.port_file, listening.port());
    std::cout << "ferry-bench upstream on " << (shared.tls ? "https://" : "http://") << listening.host() << ':'
              << listening.port() << std::endl;
    int signal = 0;
    sigwait(&ending, &signal);
    for (auto& w : workers) w->stop();
    for (auto& t : threads) t.join();
    return 0;
}

}  // namespace ferry::bench
