#pragma once

namespace ferry {

// Makes the calling thread give way to the threads that serve requests: it gets what they leave, and a quarter of a
// processor that they keep busy (SCHED_BATCH and a nice value of 5 more). A thread that somebody put into a real-time
// class on purpose stays there: beside busy cores of that class it would get nothing at all.
void give_way_to_cores() noexcept;

// Lets a core that waits for this processor go first. A kernel that does not preempt looks only every few milliseconds
// (CONFIG_HZ) whose turn it is: work that takes longer than a tenth of one calls this in between.
void let_cores_go_first() noexcept;

}  // namespace ferry
