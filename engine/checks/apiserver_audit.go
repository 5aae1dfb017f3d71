package checks

import (
	"strconv"

	"tickmark/engine"
)

// Check api-server-writes-audit-log.
//
// Passes where the API server has an audit policy (--audit-policy-file) and a place
// for its events: a log (--audit-log-path) or a service (--audit-webhook-config-file).
// Fails where one of the two is missing: without a policy nothing is recorded.
//
// The policy is judged as well where its file is among the evidence: see
// judgeAuditPolicy. It is Unknown where no API server that was seen is given it.
func apiServerWritesAuditLog() check {
	return serverFileCheck(check{id: "api-server-writes-audit-log", version: 2}, engine.AuditPolicyKind, []string{auditPolicyFlag}, judgeAuditFlags, judgeAuditPolicy)
}

const auditPolicyFlag = "audit-policy-file"

// auditFlags are what an API server is told to record, and the log and the service that it
// is told to record it to.
func auditFlags(k component) (policy, file, webhook setting) {
	return k.flag(auditPolicyFlag, ""), k.flag("audit-log-path", ""), k.flag("audit-webhook-config-file", "")
}

func judgeAuditFlags(k component, seen bool) finding {
	policy, file, webhook := auditFlags(k)
	if f, unclear := firstUnclear(policy, file, webhook); unclear {
		return f
	}
	left := "what the policy leaves out was not seen"
	if seen {
		left = "the policy is judged beside"
	}
	switch {
	case policy.value == "":
		return policy.fails("No request to the API is recorded: %s", policy)
	case file.value == "" && webhook.value == "":
		return file.fails("What the audit policy records goes nowhere: %s, %s", file, webhook)
	case webhook.value != "":
		return webhook.passes("Requests are recorded by a policy and sent to a service: %s, %s; %s", policy, webhook, left)
	}
	return file.passes("Requests are recorded by a policy: %s, %s; %s", policy, file, left)
}

// Check api-server-keeps-audit-log.
//
// Passes where the API server itself keeps what it logged for 365 days: no old file
// is removed for its age before that, and none for their number, in a volume that
// outlives the container. Never fails: where the files go earlier, or the log is
// written to the output or sent away, another place may keep it, so that this is
// Unknown. Not applicable without a log.
func apiServerKeepsAuditLog() check {
	c := apiServerCheck("api-server-keeps-audit-log", judgeRetention)
	c.version = 2
	return c
}

func judgeRetention(k component) finding {
	file, webhook := k.flag("audit-log-path", ""), k.flag("audit-webhook-config-file", "")
	ageDefault, filesDefault := "0", "0"
	if k.version.atLeast(1, 36) {
		ageDefault, filesDefault = "366", "100"
	}
	age, files := k.flag("audit-log-maxage", ageDefault), k.flag("audit-log-maxbackup", filesDefault)
	days, most := age.plainNumber(), files.plainNumber()
	if f, unclear := firstUnclear(file, webhook, age, files); unclear {
		return f
	}
	const year = 365
	switch {
	case file.value == "" && webhook.value == "":
		return file.notApplicable("There is no audit log to keep: %s", file)
	case file.value == "":
		return webhook.unknown("The audit log is kept where it is sent, which was not seen: %s", webhook)
	case file.value == "-":
		return file.unknown("The audit log goes to the output of the container, and how long that is kept was not seen: %s", file)
	case !k.lasts(file.value):
		return file.unknown("The audit log lies in the container, in no volume that outlives it: %s; a store elsewhere has to keep it", file)
	case !k.version.known() && (!age.set || !files.set):
		return age.unknown("How long the audit log is kept hangs on the version, which is not known: %s, %s", age, files)
	case days != 0 && days < year:
		return age.unknown("The server removes its audit log after %s: %s; a store elsewhere has to keep the rest of the year", count(days, "day"), age)
	case most != 0:
		return files.unknown("The server keeps %s of its audit log, however old they are: %s; a store elsewhere has to keep what goes before a year is over",
			count(most, "old file"), files)
	}
	kept := "without an end"
	if days != 0 {
		kept = "for " + strconv.Itoa(days) + " days"
	}
	return age.passes("The server keeps its audit log %s: %s, %s", kept, age, files)
}

func (s setting) notApplicable(format string, args ...any) finding {
	field, value := s.place()
	return notApplicable(field, value, format, args...)
}
