// Package argo reads the workflows of Argo: of what their templates, their own settings and
// their controller's defaults say, it puts together the pods that come of them, as far as
// that is certain, and says of the rest why it is not.
package argo
