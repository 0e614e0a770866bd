/* The commands that main.c lists. Each takes its arguments without program and command name and
 * returns the exit status: 0 done, 1 failed, 2 wrong usage (options.h). */
#ifndef EG_CLI_COMMANDS_H
#define EG_CLI_COMMANDS_H

int eg_cmd_bench(int argc, char **argv);
int eg_cmd_demo(int argc, char **argv);
int eg_cmd_election(int argc, char **argv);
int eg_cmd_election_setup(int argc, char **argv);  /* of eg_cmd_election */
int eg_cmd_election_status(int argc, char **argv); /* of eg_cmd_election */
int eg_cmd_guardian(int argc, char **argv);
int eg_cmd_health(int argc, char **argv);
int eg_cmd_keygen(int argc, char **argv);
int eg_cmd_monitor(int argc, char **argv);
int eg_cmd_report(int argc, char **argv);
int eg_cmd_verify(int argc, char **argv);
int eg_cmd_worker(int argc, char **argv);

#endif
