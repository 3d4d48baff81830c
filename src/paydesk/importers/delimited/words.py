"""The words that headers, statuses and kinds of real exports use, and what they mean. Data for guesses."""

from __future__ import annotations

from paydesk.importers.delimited.mapping import Field, KindRule, When
from paydesk.importers.records import Kind, Status

# Normalised header names (see header_key), the surest first. A name stands under one field only where
# it can mean one thing.
_HEADERS: tuple[tuple[Field, str], ...] = (
    (
        "amount",
        "amount transactionamount amountpaid paidamount gross grossamount amounttotal montant betrag "
        "importe bruto net value amountghs amountkes amountngn amountugx amountusd amountlocal "
        "netamountlocal settledtotalamount paymentamount grossinholdingcurrency mainamount payoutamount",
    ),
    (
        "credit",
        "credit paidin credits creditamount moneyin deposit deposits netcreditnc in haben lodgements "
        "creditghs creditkes creditngn inflow received",
    ),
    (
        "debit",
        "debit withdrawn debits debitamount moneyout withdrawal withdrawals netdebitnc out paidout soll "
        "debitghs debitkes debitngn outflow",
    ),
    (
        "direction",
        "dc drcr crdr direction debitcredit creditdebit cd debitorcredit creditordebit "
        "transactiondebitorcredit sign cdtdbtind transactiondirection",
    ),
    (
        "fee",
        "fee charges fees charge commission amountfee feeamount commissionamount comision transactionfee "
        "processingfee servicecharge servicefee",
    ),
    ("net", "amountaftercharges netamount amountafterfees netsettled settlementamount"),
    (
        "balance",
        "balance runningbalance closingbalance availablebalance saldo accountbalance bookbalance "
        "balanceafter",
    ),
    ("currency", "currency ccy währung divise currencycode divisa waehrung devise netcurrency curr"),
    ("original_amount", "originalamount amountcurrency foreignamount amountoriginal originalvalue"),
    ("original_currency", "originalcurrency foreigncurrency currencyoriginal"),
    (
        "occurred",
        "completiontime transactiondate transactiontime date datetime paymentdate createdat trxdate "
        "timestamp created transdate transtime txndate processedon creationdate completeddate "
        "datecreated "
        "initiationtime fecha datum transactioninitiationdate paidat payoutdate settlementdate "
        "createdutc",
    ),
    ("occurred_time", "time timeofday hora uhrzeit"),
    ("booked", "bookingdate postingdate posteddate bookdate bookedon entrydate postdate"),
    ("value", "valuedate valutadate valuta valued availableon settleddate"),
    (
        "reference",
        "clientreference acno accountno accountreference billrefnumber billreference merchantreference "
        "customerreference reference referenz yourreference externalid invoiceid invoice endtoendid ref "
        "paymentreference orderid merchanttransactionid",
    ),
    (
        "provider_ref",
        "receiptno receipt transactionid transid receiptnumber pspreference balancetransactionid "
        "transactionreference paymentid trxid txnid id transactionno transactionnumber "
        "mpesareceiptnumber "
        "gatewaytxnid referenceno referencenumber transactionref bankreference iddetransaccion",
    ),
    (
        "network_ref",
        "externaltransactionid financialtransactionid networkreference networktransactionid networkid "
        "networkref bankreferenceid telcoreference externalreference rrn backendprocessortxnid "
        "paymentservicetransactionid",
    ),
    (
        "batch_key",
        "settlementid payoutid batchnumber batchid batch automaticpayoutid settlementbatchreference "
        "settlementreference sessionid",
    ),
    ("account", "bankaccount counterpartyaccount fromaccount payeraccount iban beneficiaryaccount"),
    (
        "msisdn",
        "msisdn customermsisdn phonenumber phone mobile mobilenumber customerphone customernumber "
        "payermsisdn sendernumber customermobile customerphonenumber telephone",
    ),
    (
        "payer_name",
        "customername payername partnername name sendername payer counterparty fullname counterpartyname "
        "fromname nombre sender accountname merchantname customer",
    ),
    ("party", "otherpartyinfo otherparty opposingparty partyinfo"),
    (
        "text",
        "details description label beschreibung buchungstext libelle descripcion narration narrative "
        "particulars memo note remarks transactiondetails paymentdetails transactiondescription "
        "additionalinformation purpose",
    ),
    ("channel", "channel paymentchannel network paymentmethod paymentmethodtype mno provider"),
    (
        "kind",
        "transactiontype type reportingcategory kind reasontype tipo category recordtype transactioncategory",
    ),
    (
        "status",
        "transactionstatus status paymentstatus state statetype estado responsecode result resultcode",
    ),
)
HEADER_WORDS: dict[Field, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _HEADERS}

# Header names whose column is an id even where no field takes it; free text is looked for elsewhere.
ID_ENDINGS = ("id", "ref", "reference", "no", "number", "receipt", "code", "key", "iban", "account", "msisdn")

_STATUSES: tuple[tuple[Status, str], ...] = (
    (
        "success",
        "success, successful, succeeded, completed, complete, settled, paid, ok, approved, booked, book, "
        "cleared, captured, processed, posted, confirmed, issued, credited, done, available, disbursed, "
        "transferred, completada, completado, capture_succeeded",
    ),
    (
        "pending",
        "pending, processing, in progress, initiated, submitted, authorized, authorised, on hold, held, "
        "queued, pdng, awaiting, unpaid, created, new, scheduled, pending authorization, "
        "authorization_succeeded",
    ),
    (
        "failed",
        "failed, failure, declined, cancelled, canceled, expired, rejected, error, timeout, timed out, "
        "aborted, unsuccessful, voided, insufficient funds, denied, authorization_declined, "
        "authorization_failed",
    ),
)
STATUS_WORDS: dict[str, Status] = {word: status for status, words in _STATUSES for word in words.split(", ")}

# The words of a kind column with few values ("Type"), compared as a whole; the first that fits wins.
_KINDS: tuple[tuple[Kind, When, str], ...] = (
    (
        "payment",
        "in",
        "payment, charge, sale, settled, capture, purchase, collection, receive money, merchant, "
        "receivemoney, donation, credit, deposit, c2b, pay bill, paybill, cash_in, debit, payment received, "
        "transfer in, external payment, contribution, merchant payment, transfer",
    ),
    (
        "payout",
        "out",
        "payment, transfer, debit, send money, b2c, merchant payment, purchase, external transfer, "
        "disbursement, payout to seller, transfer out, sendmoney, merchant",
    ),
    (
        "fee",
        "any",
        "fee, fees, commission, service fee, transaction fee, processing fee, e-levy, charges, tax, levy, "
        "invoicededuction, settlement_fee, stripe_fee, network_cost",
    ),
    ("fee", "out", "charge"),
    (
        "refund",
        "any",
        "refund, refunded, payment refund, refund reversal, refundedreversed, refund_failure, partial refund",
    ),
    ("reversal", "any", "reversal, reversed, reversal of payment, payment reversal"),
    (
        "chargeback",
        "any",
        "chargeback, dispute, chargebackreversed, secondchargeback, dispute_reversal, chargeback reversal",
    ),
    (
        "sweep",
        "any",
        "payout, settlement, merchantpayout, withdrawal, bank transfer, sweep, cash out, standard transfer, "
        "transfer to bank, bank settlement, general withdrawal, instant transfer",
    ),
    ("float_transfer", "any", "float transfer, float, balancetransfer, wallet transfer"),
    ("reserve", "any", "reserve, reserve hold, reserve release, rolling reserve"),
    (
        "adjustment",
        "any",
        "adjustment, correction, depositcorrection, conversion, currency conversion, interest, rounding, "
        "other",
    ),
)
KIND_WORDS: tuple[KindRule, ...] = tuple(
    KindRule(word, kind, when) for kind, when, words in _KINDS for word in words.split(", ")
)
