// What a socket tells of the other side without being read.
#pragma once

namespace ferry::net {

enum class peer_state { there, sends_no_more, gone };

// Of a TCP or Unix socket, at the cost of a system call. sends_no_more: its FIN has come, maybe behind bytes that
// nobody has read. gone: it has closed both ways, or the connection is broken.
peer_state state_of_peer(int fd);

}  // namespace ferry::net
