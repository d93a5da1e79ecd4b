#include "relay/tries/answer_clock.hpp"

#include "support/core_run.hpp"

using namespace ferry;
using namespace ferry::relay;
using which = answer_clock::which;
using std::chrono::milliseconds;

namespace {

struct waiting_read final : net::interruptible {
    int pokes = 0;
    void interrupt() override { ++pokes; }
};

struct clock_fixture : test::test_core {
    net::timer_wheel wheel{context};
    net::interrupt_slot slot;
    waiting_read reading;
    net::interrupt_slot::holder holder{slot, reading};
    steady::time_point start = steady::now();

    static answer_limits limits(milliseconds first, milliseconds idle, steady::time_point total) {
        answer_limits made;
        made.first_byte = first;
        made.idle = idle;
        made.total_until = total;
        return made;
    }
    void wait_for_poke() {
        run_until([&] { return reading.pokes > 0; });
    }
    milliseconds passed() const { return std::chrono::duration_cast<milliseconds>(steady::now() - start); }
};

constexpr milliseconds long_time(60'000);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(answer_clock_suite, clock_fixture)

BOOST_AUTO_TEST_CASE(the_clock_that_ends_first_is_the_one_that_is_told) {
    // How far the exchange has come when the silence begins.
    enum phase { sending, sent, begun, payload };
    const struct {
        const char* what;
        phase at;
        milliseconds first, idle, total;
        which told;
    } cases[] = {
        {"no answer, however short the idle time", sent, milliseconds(30), milliseconds(5), long_time,
         which::first_byte},
        {"comments and then nothing", begun, long_time, milliseconds(30), long_time, which::idle},
        {"comments but no payload", begun, milliseconds(30), long_time, long_time, which::first_byte},
        {"payload and then nothing", payload, milliseconds(5), milliseconds(30), long_time, which::idle},
        {"the whole takes too long", payload, long_time, long_time, milliseconds(30), which::total},
        {"the whole takes too long while sending", sending, milliseconds(5), milliseconds(5), milliseconds(30),
         which::total},
        {"all at once", begun, milliseconds(30), milliseconds(30), milliseconds(30), which::total},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.what) {
            reading.pokes = 0;
            start = steady::now();
            answer_clock clock(wheel, slot, limits(one.first, one.idle, start + one.total));
            if (one.at >= sent) clock.on_sent(start);
            if (one.at >= begun) clock.on_read(true);
            if (one.at >= payload) clock.on_payload();
            if (one.at >= sent) clock.on_wait(start);
            BOOST_TEST((clock.expired() == which::none));
            wait_for_poke();
            BOOST_TEST((clock.expired() == one.told));
            BOOST_TEST((passed() >= milliseconds(29)));
            BOOST_TEST(!clock.woken());
            BOOST_TEST(!slot.interrupted());
        }
    }
}

BOOST_AUTO_TEST_CASE(bytes_put_the_idle_clock_off_and_not_the_first_byte_clock) {
    answer_clock idle(wheel, slot, limits(long_time, milliseconds(30), start + long_time));
    idle.on_sent(start);
    idle.on_wait(start);
    idle.on_read(true);
    const auto later = start + milliseconds(40);
    idle.on_wait(later);
    wait_for_poke();
    BOOST_TEST((idle.expired() == which::idle));
    BOOST_TEST((steady::now() >= later + milliseconds(30)));
    reading.pokes = 0;
    answer_clock first(wheel, slot, limits(milliseconds(20), long_time, start + long_time));
    first.on_sent(steady::now());
    first.on_read(true);
    first.on_wait(steady::now() + milliseconds(500));
    wait_for_poke();
    BOOST_TEST((first.expired() == which::first_byte));
}

BOOST_AUTO_TEST_CASE(keepalives_put_the_first_byte_clock_off_where_the_service_may_take_long) {
    auto patient = limits(milliseconds(10), long_time, start + long_time);
    patient.kept_alive = milliseconds(60);
    answer_clock clock(wheel, slot, patient);
    clock.on_sent(start);
    clock.on_read(true);
    clock.on_keepalive();
    clock.on_wait(start);
    wait_for_poke();
    BOOST_TEST((clock.expired() == which::first_byte));
    BOOST_TEST((passed() >= milliseconds(60)));

    reading.pokes = 0;
    start = steady::now();
    answer_clock ordinary(wheel, slot, limits(milliseconds(10), long_time, start + long_time));
    ordinary.on_sent(start);
    ordinary.on_keepalive();
    ordinary.on_wait(start);
    wait_for_poke();
    BOOST_TEST((passed() < milliseconds(60)));
}

BOOST_AUTO_TEST_CASE(a_client_that_is_slow_to_take_the_answer_does_not_use_up_the_idle_time) {
    answer_clock slow(wheel, slot, limits(long_time, milliseconds(20), start + milliseconds(80)));
    slow.on_sent(start);
    slow.on_wait(start);
    slow.on_read(true);
    slow.on_payload();
    wait_for_poke();
    BOOST_TEST((slow.expired() == which::total));
}

BOOST_AUTO_TEST_CASE(a_wake_up_pokes_a_read_and_is_no_expiry) {
    answer_clock clock(wheel, slot, limits(long_time, long_time, start + long_time));
    clock.on_sent(start);
    BOOST_TEST(!clock.waking());
    clock.on_wait(start);
    clock.wake_reads_at(start + milliseconds(20));
    BOOST_TEST(clock.waking());
    wait_for_poke();
    BOOST_TEST(clock.woken());
    BOOST_TEST((clock.expired() == which::none));
    BOOST_TEST((passed() >= milliseconds(20)));
}

BOOST_AUTO_TEST_CASE(a_wake_up_during_a_write_pokes_nobody_and_the_other_clocks_go_on) {
    answer_clock clock(wheel, slot, limits(long_time, long_time, start + milliseconds(80)));
    clock.on_sent(start);
    clock.on_read(true);
    clock.wake_reads_at(start + milliseconds(20));
    run_until([&] { return clock.woken(); });
    BOOST_TEST(reading.pokes == 0);
    wait_for_poke();
    BOOST_TEST((clock.expired() == which::total));
}

BOOST_AUTO_TEST_SUITE_END()
