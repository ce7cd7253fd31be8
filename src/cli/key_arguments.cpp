// SPDX-License-Identifier: Apache-2.0
// The command lines of the commands about the network key.
#include "cli/argument_parts.hpp"

namespace dsn::cli {
namespace {

void add_rotate_options(CLI::App& app, KeyRotateOptions& rotate) {
  app.add_option("--authority", rotate.authority,
                 "the authority of the network (default: authority.key beside the key file)")
      ->type_name("FILE");
  app.add_option("--config", rotate.config, or_default_file("the configuration that names the key"))
      ->type_name("FILE");
  app.add_flag("--now", rotate.now,
               "no former key is good any more: who is away now has to join again");
  add_agent_options(app, rotate.agent);
}

void add_revoke(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("revoke", "put nodes out of the network, such as a stolen one");
  auto& rotate = options_of<KeyRotateOptions>(*app, chosen);
  app->add_option("NODE", rotate.without, "their names or ids")->required()->type_name("");
  add_rotate_options(*app, rotate);
  app->footer(
      "The network gets a new key, which these nodes do not get, and no other node talks to them.\n"
      "Needs the authority of the network. docs/keys.md says what a thief had and has.");
}

void add_rotation(CLI::App& key, Chosen& chosen) {
  auto* app = key.add_subcommand("rotate", "give the network a new key");
  auto& rotate = options_of<KeyRotateOptions>(*app, chosen);
  app->add_option("--without", rotate.without, "put this node out; may be given several times")
      ->type_name("NODE");
  add_rotate_options(*app, rotate);
  auto* status = key.add_subcommand("status", "who has the newest key, and who is out");
  add_agent_options(*status, options_of<KeyStatusOptions>(*status, chosen).agent);
  auto* out = key.add_subcommand("export", "copy the authority of the network to a file");
  auto& exported = options_of<KeyExportOptions>(*out, chosen);
  out->add_option("FILE", exported.file, "the file, which must not be there")
      ->required()
      ->type_name("");
  out->add_option("--config", exported.config,
                  or_default_file("the configuration that names the key"))
      ->type_name("FILE");
  auto* in = key.add_subcommand("import", "take the authority from a file, beside the key file");
  auto& imported = options_of<KeyImportOptions>(*in, chosen);
  in->add_option("FILE", imported.file, "what dsn key export wrote")->required()->type_name("");
  in->add_option("--config", imported.config,
                 or_default_file("the configuration that names the key"))
      ->type_name("FILE");
}

void add_key(CLI::App& dsn, Chosen& chosen) {
  auto* key = dsn.add_subcommand("key", "the key that the nodes of a network share");
  key->require_subcommand(1);
  auto* invite = key->add_subcommand("invite", "print what dsn join asks for on the next node");
  invite
      ->add_option("--config", options_of<KeyInviteOptions>(*invite, chosen).config,
                   or_default_file("the configuration that names the key"))
      ->type_name("FILE");
  invite->footer(
      "The invite is the key, in letters that can be typed: a secret like the key file.");
  auto* app = key->add_subcommand("new", "make a new key; an existing file is never overwritten");
  app->add_option("--out", options_of<KeyNewOptions>(*app, chosen).out,
                  "the file (default: /etc/dsn/keys/k1.key as root, else "
                  "~/.config/dsn/k1.key)")
      ->type_name("FILE");
  add_rotation(*key, chosen);
}

}  // namespace

void add_key_commands(CLI::App& dsn, Chosen& chosen) {
  add_revoke(dsn, chosen);
  add_key(dsn, chosen);
}

}  // namespace dsn::cli
