// Package notify will carry news of an assessment to Slack and Teams, without
// secrets and without internal notes. The room stands so that the ladder holds it
// to reports; nothing is in it yet.
package notify
