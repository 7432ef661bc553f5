/* Tests of the link, as src/act/link_test.h has them due. */
#include "link_test.h"

#include "channel_internal.h"

/* A channel whose parties name no endpoint lives on files alone. */
static bool has_link(const struct engine_channel *channel)
{
	return rules_party(channel->rules, channel->own)->endpoint_count > 0 ||
	       rules_party(channel->rules, channel->other)->endpoint_count > 0;
}

bool channel_link_tests(const struct engine_channel *channel, struct link_test_plan *ret_plan)
{
	const struct engine *engine = channel->engine;

	if (engine->settings.mirror || channel->copying || channel->read_only || channel->faulted ||
	    !has_link(channel))
		return false;
	link_tests_plan(&channel->link_tests, channel->rules, channel_charter(channel),
	                channel->own, engine->started, engine_now(engine), ret_plan);
	return ret_plan->next != 0;
}

static bool is_queued(const struct engine_channel *channel, enum kind_number kind)
{
	for (const struct errand *errand = channel->errands; errand != NULL; errand = errand->next)
		if (errand->kind == kind)
			return true;
	return false;
}

/* An own test that was not answered is made again after one clock, should the line be up: the
 * other node may have been killed with the echo that it owed. */
static timestamp own_test_time(const struct engine_channel *channel,
                               const struct link_test_plan *plan)
{
	const struct act_place place = { channel->own, channel->link_tests.test[channel->own] - 1 };
	timestamp next = plan->own_next, again;

	/* When the line is up again, whose turn it is goes first. */
	if (plan->next_by != channel->own && channel->link.since > plan->next)
		next += channel->link.since - plan->next;
	if (!plan->waiting)
		return next;
	again = rules_act(channel->rules, place)->logged +
	        channel_charter(channel)->link_test_every;
	return again > next ? again : next;
}

static bool can_test(const struct engine_channel *channel)
{
	return channel_may_log(channel) && channel->link.greeted && !channel->link.deaf &&
	       !is_queued(channel, KIND_TEST);
}

/* Of the other side's tests the last, when it has no echo and none is on its way: this node was
 * killed, or has got the test in a copy. */
static int echo_what_was_missed(struct engine_channel *channel)
{
	struct link_tests *tests = &channel->link_tests;
	struct act_place place = { channel->other, tests->test[channel->other] - 1 };

	if (tests->test[channel->other] <= tests->echoed[channel->other] ||
	    channel->echo_tried == tests->test[channel->other] || !channel_may_log(channel) ||
	    is_queued(channel, KIND_ECHO))
		return OK;
	channel->echo_tried = tests->test[channel->other];
	return add_errand(channel, KIND_ECHO, place, NULL, 0);
}

int channel_test_link(struct engine_channel *channel)
{
	struct link_test_plan plan;
	int r;

	if (!channel_link_tests(channel, &plan))
		return OK;
	if ((r = echo_what_was_missed(channel)) != OK)
		return r;
	if (!can_test(channel) || engine_now(channel->engine) < own_test_time(channel, &plan))
		return OK;
	return add_errand(channel, KIND_TEST, (struct act_place){ 0 }, NULL, 0);
}

uint64_t channel_test_timer(const struct engine_channel *channel)
{
	const struct engine *engine = channel->engine;
	timestamp next, test;
	struct link_test_plan plan;

	if (!channel_link_tests(channel, &plan))
		return UINT64_MAX;
	next = plan.next_fail;
	if (can_test(channel) && (test = own_test_time(channel, &plan)) < next)
		next = test;
	return alarm_clock(engine, next);
}
