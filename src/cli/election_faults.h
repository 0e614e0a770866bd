/* What keeps an election from going on, as it is printed: faults of the files that its user gave,
 * and files of guardians that are not there. */
#ifndef EG_CLI_ELECTION_FAULTS_H
#define EG_CLI_ELECTION_FAULTS_H

#include "cli/election_input.h"

/* On stderr, a line for each that is kept. */
void eg_election_faults_tell(const eg_election_settings *set, const eg_ballot_file *ballots);
/* The members `fault_count` and `faults`. */
void eg_election_faults_put(eg_outcome *json, const eg_ballot_file *ballots);

void eg_election_awaited_tell(const char *folder, const eg_awaited_list *awaited);
/* The member `awaited`. */
void eg_election_awaited_put(eg_outcome *json, const eg_awaited_list *awaited);

#endif
