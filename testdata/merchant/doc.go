// Package merchant holds Copperline Outfitters, a merchant that does not exist:
// an outdoor-gear shop, online and in 14 stores, that takes cards through a
// payment service of its own. Tests, documentation and the demo all look at this
// one entity, so that a figure in one of them can be checked against the others.
//
// # The cluster
//
// prod-eu runs everything: the shop, the cardholder data environment (namespaces
// pay, pay-batch, pay-legacy and tokens), and what watches over them. Most of it
// is kept well. What is not is meant to be found: pay-batch and pay-legacy were
// never brought up to the standard of pay, the delivery pipeline still holds
// every right over the cluster, an old probe reads without logging in, and some
// credentials lie where they should not. Every built-in check that judges finds
// both something to pass and something to fail.
//
// # The assessment
//
// Mara Lindqvist, the internal assessor, answers the SAQ D for merchants. She is
// not through, and she has contradicted the evidence once (8.3.2), so that a
// desk, a report and a list of problems have something to show.
//
// # Canaries
//
// No value here is a secret. Those that look like one are canaries: Canaries
// lists them, and none may ever be seen in evidence, in a log, in a frame or in a
// report.
package merchant
