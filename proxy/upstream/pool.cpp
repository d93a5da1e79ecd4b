#include "upstream/pool.hpp"

#include <algorithm>

#include "net/executor.hpp"
#include "upstream/pool_turn.hpp"

namespace ferry::upstream {

namespace {
constexpr auto sweep_interval = std::chrono::seconds(1);
}  // namespace

lease& lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    release();
    pool_ = other.pool_;
    host_ = other.host_;
    connection_ = std::move(other.connection_);
    reusable_ = other.reusable_;
    return *this;
}

void lease::release() {
    if (connection_) pool_->give_back(*host_, std::move(connection_), reusable_);
    connection_.reset();
}

pool::pool(boost::asio::io_context& core, net::timer_wheel& wheel, net::buffer_pool& buffers, name_cache& names,
           const options& settings)
    : core_(core),
      wheel_(wheel),
      buffers_(buffers),
      options_(settings),
      dialer_(core, wheel, names, settings),
      sweep_at_(wheel) {
    sweep_at_.on_expiry([this] { sweep(); });
}

pool::~pool() = default;

pooled_host& pool::host_of(const catalog::endpoint& where) {
    const auto found = hosts_.find(where.pool_key);
    return found == hosts_.end() ? meet(where) : found->second;
}

pooled_host& pool::meet(const catalog::endpoint& where) {
    const auto figures = std::make_shared<endpoint_figures>(where.label);
    figures_.add(figures);
    auto sockets = sockets_->by_endpoint.of(where.pool_key);
    auto& made = hosts_.try_emplace(where.pool_key, where, figures, std::move(sockets)).first->second;
    const auto close_one = [this, key = where.pool_key] {
        const auto of = hosts_.find(key);
        if (of != hosts_.end() && !of->second.idle.empty()) close_first_idle(of->second);
    };
    made.sockets->join({&core_, figures, [this, close_one] { net::post_to(core_, close_one); }});
    return made;
}

lease pool::lend(pooled_host& of, std::unique_ptr<connection> c) {
    c->buffer = buffers_.lend();
    c->begin = c->end = 0;
    ++of.users;
    of.figures->in_use.add();
    return lease(*this, of, std::move(c));
}

lease pool::take_idle(const catalog::endpoint& where) {
    const auto found = hosts_.find(where.pool_key);
    if (found == hosts_.end()) return {};
    auto& of = found->second;
    while (!of.idle.empty()) {
        auto candidate = std::move(of.idle.back());
        of.idle.pop_back();
        of.figures->idle.set(of.idle.size());
        if (!is_quiet(*candidate)) {
            if (!candidate->was_used) of.spare.put_off();
            continue;
        }
        of.figures->reused.add();
        if (!candidate->was_used) of.spare.served();
        auto ready = lend(of, std::move(candidate));
        if (of.where.is_tls) keep_warm(of);
        return ready;
    }
    return {};
}

boost::asio::awaitable<result<lease>> pool::connect(const catalog::endpoint& where, steady::time_point until,
                                                    net::interrupt_slot& slot, dial_times* took) {
    auto& of = host_of(where);
    net::deadline limit(wheel_);
    limit.on_expiry([&slot] { slot.poke(); });
    limit.arm(until);
    dial_times unasked;
    dial_times& times = took == nullptr ? unasked : *took;
    endpoint_socket place;
    if (take_place(of)) {
        place = endpoint_socket(of.sockets);
    } else {
        auto turn = co_await await_turn(of, slot);
        if (!turn) co_return turn.error();
        place = std::move(turn->place);
        if (turn->given) {
            lease ready = lend(of, std::move(turn->given));
            co_return std::move(ready);
        }
    }
    auto opened = co_await open(of, until, slot, times);
    const bool lacks_socket = !opened && opened.error().code == fault_code::overloaded;
    if (lacks_socket) {
        // What lies idle gives its descriptors back, here and on the other cores.
        close_idle();
        sockets_->shed();
        opened = co_await open(of, until, slot, times);
    }
    of.used_at = steady::now();
    if (slot.interrupted()) co_return fault::self(fault_code::client_gone, "the client went away");
    if (!opened) {
        of.figures->failed.add();
        if (limit.expired()) {
            std::string advice = "Nothing within timeouts.connect, or connect_timeout_ms of the row: check that " +
                                 of.where.host_header + " is reachable from this machine. ";
            advice += opened.error().for_operator;
            co_return fault::upstream(fault_code::upstream_connect_timeout, retry_advice::same,
                                      "No connection to the upstream could be made in time.", std::move(advice));
        }
        co_return opened.error();
    }
    (*opened)->place = std::move(place);
    lease ready = lend(of, std::move(*opened));
    keep_warm(of);
    co_return std::move(ready);
}

boost::asio::awaitable<result<std::unique_ptr<connection>>> pool::open(pooled_host& of, steady::time_point until,
                                                                       net::interrupt_slot& slot, dial_times& took) {
    const auto generation = generation_, answers = of.answers;
    if (sockets_->is_spent() && !close_longest_idle()) sockets_->shed();
    counted_socket counted(*sockets_);
    ++of.users;
    auto dialled = co_await dialer_.dial(of.where, of.memory, until, slot, took);
    --of.users;
    sweep_soon();
    if (!dialled) co_return dialled.error();
    auto opened = std::make_unique<connection>(std::move(dialled->made), options_.header_bytes);
    opened->generation = generation;
    opened->address = dialled->address;
    opened->answers = answers;
    opened->counted = std::move(counted);
    opened->stream->resume();
    of.figures->opened.add();
    co_return std::move(opened);
}

void pool::give_back(pooled_host& of, std::unique_ptr<connection> c, bool reusable) {
    --of.users;
    of.figures->in_use.set(of.figures->in_use.read() - 1);
    of.used_at = steady::now();
    sweep_soon();
    if (reusable && c->generation == generation_ && c->stream->is_open() && !is_left_by_name(of, *c)) {
        c->was_used = true;
        c->stream->resume();
        const bool is_waited_for = most_sockets() > 0 && of.sockets->is_waited_for();
        if (is_waited_for && hand_over(of, c)) return;
        if (!is_waited_for && of.idle.size() < options_.idle_per_host) {
            c->buffer = {};
            c->idle_since = of.used_at;
            of.idle.push_back(std::move(c));
            of.figures->idle.set(of.idle.size());
            return;
        }
    }
    // What the kernel still holds of a request nobody waits for need not be delivered.
    c->stream->close(!c->reader.body_done());
}

// Without waiting: has the peer closed, or said something nobody asked for? On TLS a session ticket may have come.
bool pool::is_quiet(connection& c) {
    if (!c.stream->may_read()) return true;
    char byte;
    return c.stream->try_read(std::span(&byte, 1)).status == net::io_status::would_block;
}

// What it says is held against each connection once, so that those which are busy now are met when they are given back.
// That a name is gone is no answer: what works is not closed for it.
void pool::ask_name(pooled_host& of) {
    auto known = dialer_.known_addresses(of.where);
    if (!known || known->addresses.empty() || known == of.known) return;
    of.known = std::move(known);
    ++of.answers;
}

bool pool::is_left_by_name(const pooled_host& of, connection& c) {
    if (c.answers == of.answers) return false;
    c.answers = of.answers;
    const auto& all = of.known->addresses;
    return std::find(all.begin(), all.end(), c.address) == all.end();
}

void pool::sweep_soon() {
    if (!sweep_at_.armed()) sweep_at_.arm(steady::now() + sweep_interval);
}

void pool::sweep() {
    const auto now = steady::now();
    const auto oldest = now - options_.idle_timeout;
    for (auto at = hosts_.begin(); at != hosts_.end();) {
        auto& of = at->second;
        if (of.users > 0 || !of.idle.empty()) ask_name(of);
        const bool is_in_use = of.figures->in_use.read() > 0 || of.used_at >= oldest;
        std::erase_if(of.idle, [oldest, is_in_use, &of](const auto& c) {
            if (!is_in_use || c->idle_since < oldest || is_left_by_name(of, *c)) return true;
            const bool is_good = is_quiet(*c);
            if (!is_good && !c->was_used) of.spare.put_off();
            return !is_good;
        });
        if (is_in_use && of.where.is_tls) keep_warm(of);
        of.figures->idle.set(of.idle.size());
        if (most_sockets() > 0) serve_waiting(of);
        const bool is_unused = of.idle.empty() && of.users == 0 && now - of.used_at > options_.forget_after;
        if (is_unused) figures_.remove(of.figures.get());
        at = is_unused ? hosts_.erase(at) : std::next(at);
    }
    if (!hosts_.empty()) sweep_at_.arm(now + sweep_interval);
}

void pool::reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls) {
    const bool is_stricter = tls || settings.denied_networks != options_.denied_networks ||
                             settings.proxy != options_.proxy || settings.environment != options_.environment;
    dialer_.reconfigure(settings, std::move(tls));
    options_ = settings;
    if (!is_stricter) return;
    ++generation_;
    end_spares_under_way();
    close_idle();
    for (auto& [key, of] : hosts_) of.memory.session = std::make_shared<net::tls_session_slot>();
}

bool pool::close_longest_idle() {
    pooled_host* longest = nullptr;
    // Each host's first is the one that has been idle for longest.
    for (auto& [key, of] : hosts_) {
        if (of.idle.empty()) continue;
        if (longest == nullptr || of.idle.front()->idle_since < longest->idle.front()->idle_since) longest = &of;
    }
    if (longest == nullptr) return false;
    close_first_idle(*longest);
    return true;
}

void pool::close_idle() {
    for (auto& [key, of] : hosts_) {
        of.idle.clear();
        of.figures->idle.set(0);
    }
}

}  // namespace ferry::upstream
