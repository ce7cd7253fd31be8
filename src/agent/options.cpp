// SPDX-License-Identifier: Apache-2.0
// Uses getopt_long and not CLI11, the library of the other programs, which would make the agent a
// tenth larger.
#include "agent/options.hpp"

#include <getopt.h>

#include <array>

namespace dsn::agent {
namespace {

constexpr std::array<option, 8> kOptions{{
    {"config", required_argument, nullptr, 'c'},
    {"socket", required_argument, nullptr, 's'},
    {"system-root", required_argument, nullptr, 'r'},
    {"adopt", no_argument, nullptr, 'a'},
    {"check", no_argument, nullptr, 'k'},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
}};

}  // namespace

std::string help_text() {
  return std::string(
             "Usage: dsn-agent [--config FILE] [--socket PATH]\n"
             "\n"
             "Runs a node of the distributed state network: samples this machine's sensors, "
             "shares\n"
             "their readings with all other nodes of the LAN, and holds everybody's for dsn-read.\n"
             "\n"
             "  -c, --config FILE  the configuration (default: ") +
         config::kDefaultFile +
         ")\n"
         "  -s, --socket PATH  the socket of the local API (default: $DSN_SOCKET, else\n"
         "                     /run/dsn/agent.sock, else $XDG_RUNTIME_DIR/dsn/agent.sock)\n"
         "      --system-root DIR\n"
         "                     where this machine's /proc, /sys and /etc are (default: /)\n"
         "      --adopt        a node.key of another machine is this machine's from now on\n"
         "      --check        say what is wrong with the configuration, and end\n"
         "  -h, --help         this text\n"
         "  -V, --version      the version\n"
         "\n"
         "Exit status: 0 after SIGTERM, SIGINT or 'dsn leave', 1 an error, 2 a wrong option,\n"
         "78 a wrong configuration.\n";
}

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  opterr = 0;
  optind = 1;
  while (true) {
    const int found = getopt_long(argc, argv, ":c:s:hV", kOptions.data(), nullptr);
    switch (found) {
      case -1:
        if (optind < argc) return Error{std::string("unexpected argument '") + argv[optind] + "'"};
        return options;
      case 'c':
        options.config = optarg;
        break;
      case 's':
        options.socket = optarg;
        break;
      case 'r':
        options.system_root = optarg;
        break;
      case 'a':
        options.adopt = true;
        break;
      case 'k':
        options.check = true;
        break;
      case 'h':
        options.help = true;
        break;
      case 'V':
        options.version = true;
        break;
      case ':':
        return Error{std::string("option '") + argv[optind - 1] + "' needs a value"};
      default:
        return Error{std::string("unknown option '") + argv[optind - 1] + "'"};
    }
  }
}

}  // namespace dsn::agent
