#include "upstream/standstill.hpp"

#include <thread>

namespace ferry::bench {

standstill::standstill(event_loop& loop, const pauses& chosen, steady::time_point begin)
    : loop_(loop), chosen_(chosen), next_(begin) {
    if (chosen_.every.count() > 0) set_next();
}

void standstill::set_next() {
    next_ += chosen_.every;
    loop_.timers().set(*this, next_);
}

void standstill::on_timer() {
    std::this_thread::sleep_until(next_ + chosen_.lasting);
    set_next();
}

}  // namespace ferry::bench
