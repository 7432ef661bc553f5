/* Two nodes and a channel between them, by the commands that people use. */
#include <arpa/inet.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card.h"
#include "files.h"
#include "filter.h"
#include "practice.h"
#include "programs.h"
#include "sha.h"
#include "translate.h"
#include "words.h"

enum { WORDS_MAXIMUM = 32, OUTPUT_MAXIMUM = 1 << 20, PATH_CAPACITY = 512, PORT_CAPACITY = 32 };

/* Where it differs from the defaults of a charter: clocks that one can sit out. */
static const char answers[] = "chirograph.answers/1\n"
			      "languages en ru\n"
			      "clock request 90s\n"
			      "clock acknowledge-flash 5m\n"
			      "clock position 30m\n"
			      "notice 30s\n";

static const char claim[] = "The two sides agreed to test the telephone line each month.\n";

/* Runs chiro itself with these words, NULL-terminated; what it prints is kept only to
 * say why it failed. */
static int run(struct error *error, const char *const words[])
{
	char program[PATH_CAPACITY];
	char *arguments[WORDS_MAXIMUM + 2] = { program };
	struct buffer output;
	int r;

	if ((r = program_self(program, sizeof(program), error)) != OK)
		return r;
	for (size_t i = 0; words[i] != NULL && i < WORDS_MAXIMUM; i++)
		arguments[i + 1] = (char *)words[i];
	buffer_init(&output, OUTPUT_MAXIMUM);
	if ((r = filter_run(arguments, bytes_of("", 0), &output, NULL)) != OK)
		error_set(error, r, _("'chiro %s' has not done it"), words[0]);
	buffer_release(&output);
	return r;
}

/* A port of this machine that nobody uses now. */
static int free_port(char ret_endpoint[PORT_CAPACITY], struct error *error)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = OK;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		r = error_set(error, ERROR_IO, "%s", strerror(errno));
	else
		snprintf(ret_endpoint, PORT_CAPACITY, "127.0.0.1:%u", ntohs(address.sin_port));
	if (fd >= 0)
		close(fd);
	return r;
}

/* As root each of the nodes works as two system users of its own: such as every
 * system has. */
static int choose_users(const char *ret_users[4], struct error *error)
{
	static const char *const names[] = { "daemon", "bin",  "sys",     "nobody",
		                             "mail",   "news", "www-data" };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && count < 4; i++)
		if (getpwnam(names[i]) != NULL)
			ret_users[count++] = names[i];
	return count == 4 ? OK
	                  : error_set(error, ERROR_NOT_FOUND,
	                              _("practise as an ordinary user: this system has no users "
	                                "as whom root could start the two nodes"));
}

static int make_node(const char *home, const char *party, const char *name, const char *head,
                     const char *listen, const char *const users[2], struct error *error)
{
	char domain[64], english[128], russian[128];
	const char *words[WORDS_MAXIMUM] = { "init",     "--home", home,     "--party", party,
		                             "--domain", domain,   "--name", english,   "--name",
		                             russian,    "--head", head };
	size_t count = 13;

	snprintf(domain, sizeof(domain), "%s.example", party);
	snprintf(english, sizeof(english), "en=%s", name);
	snprintf(russian, sizeof(russian), "ru=%s", name);
	if (listen != NULL) {
		words[count++] = "--listen";
		words[count++] = listen;
		words[count++] = "--advertise";
		words[count++] = listen;
	}
	if (users[0] != NULL) {
		words[count++] = "--user";
		words[count++] = users[0];
		words[count++] = "--keeper-user";
		words[count++] = users[1];
	}
	return run(error, words);
}

/* Files for the lessons, where the person will stand. */
static int make_materials(const struct practice *practice, struct error *error)
{
	char path[PATH_CAPACITY];
	const char *key[] = { "ssh-keygen", "-q",     "-t", "ed25519", "-N", "",
		              "-C",         "a.duty", "-f", path,      NULL };
	struct buffer output;
	int r;

	snprintf(path, sizeof(path), "%s/claim.txt", practice->directory);
	if ((r = file_write_new(path, bytes_of_string(claim), 0644, error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/answers.txt", practice->directory);
	if ((r = file_write_new(path, bytes_of_string(answers), 0644, error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/a.duty", practice->directory);
	buffer_init(&output, 4096);
	r = filter_run((char *const *)key, bytes_of("", 0), &output, error);
	buffer_release(&output);
	return r;
}

int practice_make(const struct practice *practice, struct error *error)
{
	const char *users[4] = { NULL, NULL, NULL, NULL };
	char endpoint[PORT_CAPACITY];
	int r;

	if (geteuid() == 0 && (r = choose_users(users, error)) != OK)
		return r;
	if (mkdir(practice->directory, geteuid() == 0 ? 0755 : 0700) != 0)
		return error_set(error, errno == EEXIST ? ERROR_EXISTS : ERROR_IO, "%s: %s",
		                 practice->directory, strerror(errno));
	if ((r = free_port(endpoint, error)) != OK ||
	    (r = make_node(practice->own_home, PRACTICE_OWN, "North (you)", "a.head", NULL, users,
	                   error)) != OK ||
	    (r = make_node(practice->other_home, PRACTICE_OTHER, "South (practice)", "b.head",
	                   endpoint, users + 2, error)) != OK)
		return r;
	return make_materials(practice, error);
}

/* --- the channel ----------------------------------------------------------- */

/* The files on the way from the one to the other. */
struct mail {
	char charter[PATH_CAPACITY], answers[PATH_CAPACITY];
	struct {
		const char *party, *home;
		char card[PATH_CAPACITY], signature[PATH_CAPACITY];
	} sides[2];
};

static void address(const struct practice *practice, struct mail *mail)
{
	const char *directory = practice->directory;

	mail->sides[0].party = PRACTICE_OWN;
	mail->sides[0].home = practice->own_home;
	mail->sides[1].party = PRACTICE_OTHER;
	mail->sides[1].home = practice->other_home;
	snprintf(mail->charter, sizeof(mail->charter), "%s/charter.txt", directory);
	snprintf(mail->answers, sizeof(mail->answers), "%s/answers.txt", directory);
	for (int i = 0; i < 2; i++) {
		const char *party = mail->sides[i].party;

		snprintf(mail->sides[i].card, PATH_CAPACITY, "%s/%s.card", directory, party);
		snprintf(mail->sides[i].signature, PATH_CAPACITY, "%s/%s.sig", directory, party);
	}
}

/* Both are on this machine: nobody could exchange a card on its way, and its words are
 * computed from it. */
static int take_card(const char *home, const char *card, struct error *error)
{
	char words[WORDS_FINGERPRINT_CAPACITY];
	const char *join[] = { "join", "--home", home, "--fingerprint", words, card, NULL };
	struct buffer text;
	struct hash hash;
	int r;

	buffer_init(&text, CARD_SIZE_MAXIMUM);
	if ((r = file_read(card, &text, error)) == OK) {
		const struct bytes content = buffer_view(&text);

		sha256(&hash, &content, 1);
		words_fingerprint(WORDS_ENGLISH, &hash, words);
		r = run(error, join);
	}
	buffer_release(&text);
	return r;
}

int practice_open_channel(const struct practice *practice, struct error *error)
{
	struct mail mail;
	int r = OK;

	address(practice, &mail);
	for (int i = 0; i < 2 && r == OK; i++) {
		const char *invite[] = { "invite",   "--home",           mail.sides[i].home,
			                 "--output", mail.sides[i].card, NULL };

		r = run(error, invite);
	}
	for (int i = 0; i < 2 && r == OK; i++)
		r = take_card(mail.sides[i].home, mail.sides[1 - i].card, error);
	if (r == OK) {
		const char *build[] = { "charter",          "build",      "--home",
			                practice->own_home, "--answers",  mail.answers,
			                "--output",         mail.charter, NULL };

		r = run(error, build);
	}
	for (int i = 0; i < 2 && r == OK; i++) {
		const char *sign[] = { "charter",
			               "sign",
			               "--yes",
			               "--home",
			               mail.sides[i].home,
			               "--output",
			               mail.sides[i].signature,
			               mail.charter,
			               NULL };

		r = run(error, sign);
	}
	for (int i = 0; i < 2 && r == OK; i++) {
		const char *join[] = { "join",
			               "--home",
			               mail.sides[i].home,
			               "--charter",
			               mail.charter,
			               "--signature",
			               mail.sides[0].signature,
			               "--signature",
			               mail.sides[1].signature,
			               NULL };

		r = run(error, join);
	}
	for (int i = 0; i < 2 && r == OK; i++) {
		const char *wait[] = { "wait",      "--home", mail.sides[i].home,
			               "--timeout", "30s",    NULL };

		r = run(error, wait);
	}
	return r;
}
