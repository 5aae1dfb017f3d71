// Package pci is PCI DSS v4.0.1 as an assessor works with it: all 280
// requirements, the self-assessment questionnaires and the Report on Compliance
// made of them, and which built-in check informs which testing procedure.
//
// # What is fact and what is ours
//
// Numbers, testing methods, counts of testing procedures, frequencies, the forms
// a requirement appears in, and what was superseded are facts of the standard,
// the ROC template (v4.0.1 r3) and the questionnaires. Titles, questions and the
// notes on good evidence are our own words; the standard's sentences do not
// appear. A user may load their own licensed text beside them.
//
// # What is not known
//
// The methods and procedures of Appendix A3 are unknown and left empty: its
// supplemental report was not at hand. Where sources disagree whether a form
// asks a requirement, the row is marked unconfirmed for that form. SAQ SPoC is
// missing for want of its paper. A3 is reported apart, and so is a form of its own.
//
// # Where it lies
//
// catalogue/req-NN.yaml holds one principal requirement each, catalogue/forms.yaml
// the forms, catalogue/links.yaml the links to checks, catalogue/eligibility.yaml
// who may use which form, and catalogue/responsibility.yaml who does what on managed
// platforms. Unknown keys are errors, and a catalogue that contradicts itself is
// refused when it is built.
package pci
