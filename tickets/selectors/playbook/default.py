"""The playbook that comes with the program: the table of domain.md §6 and what stands around it, in both languages.

Data alone. The order decides: the first rule that fits is the recommendation. Where a request stands comes first, then
before shipment, after completion, refund only, return and refund, and at the end a rule for what nobody thought of.
"""

from typing import Any

_DECIDING = ["WAIT_SELLER_AGREE"]
_UNSHIPPED = {"before_shipment": True}
_AFTERSALE = {"phase": ["aftersale"]}
_MISSING = {"kind": ["refund_only"], "before_shipment": False, "goods_status": ["not_received"]}
_KEPT = {"kind": ["refund_only"], "goods_status": ["received"]}
_BACK = {"kind": ["return_refund"]}

_READ = {"zh": "看聊天记录和买家说明", "en": "Read the chat and what the buyer says", "look": "contact"}
_AMOUNT = {"zh": "核对金额", "en": "Check the amount", "look": "amount"}
_PICTURES = {"zh": "看买家的图片", "en": "Look at the buyer's pictures", "look": "pictures"}
_ASK_PICTURES = {
    "zh": "请买家拍整体、瑕疵和外包装",
    "en": "Ask for pictures of the whole, the fault and the parcel",
    "look": "pictures",
}
_PHONE = {"zh": "先打电话给买家", "en": "Phone the buyer first", "look": "phone"}
_TRACK = {"zh": "查物流", "en": "Query the tracking", "look": "parcel"}
_GOODS = {"zh": "看签收时间、是否热卖、评分", "en": "Look at signed date, hot seller and score", "look": "goods"}
_BUYER = {"zh": "看之前的申请和拒绝", "en": "Look at earlier applications and refusals", "look": "buyer"}
_WAREHOUSE = {"zh": "看仓库的备注", "en": "Look at the warehouse's note", "look": "return"}
_VOID = {
    "zh": "已列入未发退名单，等仓库回复",
    "en": "On the warehouse's void list: wait for its answer",
    "look": "return",
}
_KEEP = {"zh": "推荐其他款式或当前活动", "en": "Offer another style or the present promotion"}
_EXCHANGE = {"zh": "先问是否愿意换尺码、颜色或款式", "en": "Ask first whether another size, colour or style would do"}
_IN_TIME = {"zh": "七天内申请", "en": "Applied in time", "look": "seven_days"}
_INTACT = {"zh": "确认商品完好、吊牌完整", "en": "Make sure that the goods are intact and the tags on"}
_MARK = {"zh": "在订单上标注“售后退款”", "en": "Mark the order: aftersale refund", "look": "aftersale"}

RULES: list[dict[str, Any]] = [
    # --- Where the request stands -------------------------------------------------------------------------------------
    {
        "id": "in-dispute",
        "title": {"zh": "小二已介入", "en": "The platform has stepped in"},
        "when": {"in_dispute": True},
        "steps": [
            {"zh": "先争取与买家和解", "en": "Try to settle with the buyer first", "look": "contact"},
            {"zh": "在举证期内补齐凭证", "en": "Complete the evidence in time", "look": "own_pictures"},
            _BUYER,
        ],
        "action": "settle",
        "reply": "settle",
        "signs": ["supervisor"],
        "rests_on": ["DIS-2", "DIS-3", "DIS-5"],
    },
    {
        "id": "money-under-way",
        "title": {"zh": "打款中", "en": "The money is under way"},
        "when": {"status": ["WAIT_SYSTEM_TRANSFER"]},
        "steps": [
            {"zh": "告诉买家款项退到哪里、何时到账", "en": "Tell the buyer where the money goes and when it is there"},
            {"zh": "打款失败由财务处理", "en": "If the payment fails, finance makes it good"},
        ],
        "action": "wait",
        "reply": "refund_under_way",
        "rests_on": ["RFD-3", "ARR-1"],
    },
    {
        "id": "return-agreed",
        "title": {"zh": "已同意，等买家退货", "en": "Agreed: the buyer sends the goods back"},
        "when": {"status": ["WAIT_BUYER_RETURN_GOODS"]},
        "steps": [
            {
                "zh": "买家已知道退货地址和快递建议",
                "en": "The buyer knows the address and which carriers do",
                "look": "contact",
            },
            {"zh": "等买家填写运单号", "en": "Wait for the buyer's tracking number", "look": "return_parcel"},
            {
                "zh": "有运费险的提醒买家",
                "en": "Remind the buyer of the insurance, where there is one",
                "look": "insurance",
            },
        ],
        "action": "wait",
        "reply": "how_to_return",
        "rests_on": ["RFD-4", "TMO-5", "LOG-7", "FRI-3"],
    },
    {
        "id": "return-failed",
        "title": {"zh": "退货验收未通过", "en": "The return failed its inspection"},
        "when": {"status": ["WAIT_SELLER_CONFIRM_GOODS"], "return_state": ["failed"]},
        "steps": [
            _WAREHOUSE,
            {"zh": "验货照片作凭证", "en": "The inspection's pictures are the evidence", "look": "own_pictures"},
            {
                "zh": "打电话给买家：寄回或部分退款",
                "en": "Phone the buyer: send back, or a partial refund",
                "look": "phone",
            },
        ],
        "action": "refuse",
        "reply": "inspection_failed",
        "signs": ["record_call"],
        "rests_on": ["RET-2", "DEC-2", "DEC-4"],
    },
    {
        "id": "return-arrived",
        "title": {"zh": "退货验收通过，退款前三看", "en": "The return passed: three looks before the money goes"},
        "when": {"status": ["WAIT_SELLER_CONFIRM_GOODS"], "return_state": ["passed"]},
        "steps": [_GOODS, _WAREHOUSE, _AMOUNT],
        "action": "agree",
        "reply": "refund_under_way",
        "rests_on": ["DEC-1", "RET-2", "LAW-2"],
    },
    {
        "id": "return-sent",
        "title": {"zh": "买家已寄回，等仓库验货", "en": "Sent back: the warehouse opens it"},
        "when": {"status": ["WAIT_SELLER_CONFIRM_GOODS"]},
        "steps": [
            {"zh": "核对退货运单号", "en": "Check the return's tracking number", "look": "return_parcel"},
            {"zh": "仓库收货、验货", "en": "The warehouse receives and inspects it", "look": "return"},
            _GOODS,
            _AMOUNT,
        ],
        "action": "inspect",
        "rests_on": ["DEC-1", "RET-1", "RET-2", "RET-4"],
    },
    {
        "id": "refused-thrice",
        "title": {"zh": "已拒绝三次", "en": "Refused three times"},
        "when": {"refusals": {"least": 3}},
        "steps": [
            {"zh": "请主管看是否站得住", "en": "Let a supervisor look whether the refusal stands"},
            {
                "zh": "买家可申请小二介入，备好凭证",
                "en": "The buyer may call the platform: have the evidence ready",
                "look": "own_pictures",
            },
            _BUYER,
        ],
        "action": "escalate",
        "signs": ["supervisor"],
        "rests_on": ["RFD-7", "DEC-4"],
    },
    {
        "id": "refused",
        "title": {"zh": "已拒绝，等买家", "en": "Refused: the buyer's turn"},
        "when": {"status": ["SELLER_REFUSE_BUYER"]},
        "steps": [
            {"zh": "买家可修改、撤销或申请介入", "en": "The buyer may change, withdraw or call the platform"},
            {"zh": "打过电话并已备注", "en": "The buyer was phoned, and it is noted", "look": "phone"},
        ],
        "action": "wait",
        "signs": ["record_call"],
        "rests_on": ["RFD-5", "TMO-7", "DEC-2"],
    },
    # --- Before shipment ----------------------------------------------------------------------------------------------
    {
        "id": "unshipped-late",
        "title": {"zh": "未发货 · 未按时发货或缺货", "en": "Before shipment · late or out of stock"},
        "when": {**_UNSHIPPED, "reason": ["not_shipped_in_time", "out_of_stock"], "voided": False},
        "steps": [
            {
                "zh": "先打电话，告知真实发货时间",
                "en": "Phone the buyer, tell the true shipping time",
                "look": "phone",
            },
            {"zh": "原因不符的引导修改", "en": "Guide the buyer to correct the reason where it is not so"},
            _VOID,
            _AMOUNT,
        ],
        "action": "contact",
        "reply": "late",
        "signs": ["counts_against_shop"],
        "rests_on": ["DEC-3", "VOI-1", "APP-8"],
    },
    {
        "id": "unshipped-voided",
        "title": {"zh": "未发货 · 仓库已作废", "en": "Before shipment · voided by the warehouse"},
        "when": {**_UNSHIPPED, "voided": True},
        "steps": [_VOID, _AMOUNT, _KEEP],
        "action": "agree",
        "reply": "refund_under_way",
        "signs": ["offer_promotion"],
        "rests_on": ["RFD-1", "VOI-2", "VOI-3"],
    },
    {
        "id": "unshipped",
        "title": {"zh": "未发货 · 等仓库作废", "en": "Before shipment · the warehouse voids it first"},
        "when": {**_UNSHIPPED},
        "steps": [_VOID, _AMOUNT, _KEEP],
        "action": "wait",
        "reply": "voiding",
        "signs": ["offer_promotion"],
        "rests_on": ["RFD-1", "VOI-1", "VOI-2", "LAW-5"],
    },
    # --- After completion ---------------------------------------------------------------------------------------------
    {
        "id": "aftersale-given-before",
        "title": {"zh": "售后 · 这些商品退过款", "en": "After completion · money was given back before"},
        "when": {**_AFTERSALE, "given_before": True},
        "steps": [
            {
                "zh": "售中退过的不能再退一次",
                "en": "What was given back before must not be paid twice",
                "look": "amount",
            },
            _BUYER,
            _READ,
            _MARK,
        ],
        "action": "contact",
        "reply": "looking_into_it",
        "signs": ["mark_order"],
        "rests_on": ["APP-10", "AMT-2"],
    },
    {
        "id": "aftersale-seven-day",
        "title": {"zh": "售后 · 退货退款 · 七天无理由", "en": "After completion · return · seven days"},
        "when": {**_AFTERSALE, **_BACK, "reason": ["seven_day"], "in_time": True},
        "steps": [
            _IN_TIME,
            _INTACT,
            _AMOUNT,
            _MARK,
        ],
        "action": "agree",
        "reply": "how_to_return",
        "postage": "buyer",
        "signs": ["mark_order", "offer_exchange"],
        "rests_on": ["LAW-1", "APP-10", "DEC-5"],
    },
    {
        "id": "aftersale",
        "title": {"zh": "售后申请", "en": "After completion"},
        "when": {**_AFTERSALE},
        "steps": [
            {"zh": "注意金额和类型", "en": "Watch the amount and the kind", "look": "amount"},
            _GOODS,
            {"zh": "看聊天：问题出在哪里", "en": "Read the chat: where did the fault arise?", "look": "contact"},
            _PICTURES,
            {"zh": "同意，或协商", "en": "Agree, or discuss"},
            _MARK,
        ],
        "action": "contact",
        "reply": "ask_pictures",
        "signs": ["mark_order"],
        "rests_on": ["APP-10", "DEC-2", "TMO-8"],
    },
    # --- Refund only, not received ------------------------------------------------------------------------------------
    {
        "id": "missing-signed",
        "title": {"zh": "仅退款 · 未收到货 · 物流显示已签收", "en": "Refund only · not received, yet signed for"},
        "when": {**_MISSING, "parcel": ["signed"]},
        "steps": [
            _READ,
            _TRACK,
            {
                "zh": "打电话给快递：谁签收的，要签收凭证",
                "en": "Phone the carrier: who signed? Ask for the proof",
                "look": "parcel",
            },
        ],
        "action": "trace",
        "reply": "tracing",
        "rests_on": ["LOG-6", "DIS-3", "CLM-3"],
    },
    {
        "id": "missing-unwanted",
        "title": {"zh": "仅退款 · 未收到货 · 不想要了", "en": "Refund only · not received · no longer wanted"},
        "when": {**_MISSING, "reason": ["no_longer_wanted"]},
        "steps": [
            _READ,
            _TRACK,
            {
                "zh": "请买家拒收，联系快递追回",
                "en": "Ask the buyer not to accept it, and the carrier to bring it back",
            },
            _KEEP,
        ],
        "action": "contact",
        "reply": "recall",
        "postage": "buyer",
        "rests_on": ["LOG-5", "RFD-2"],
    },
    {
        "id": "missing-number",
        "title": {"zh": "仅退款 · 未收到货 · 没有运单号", "en": "Refund only · not received · no tracking number"},
        "when": {**_MISSING, "parcel": ["no_number"]},
        "steps": [
            {"zh": "看备注里有没有正确的运单号", "en": "Look in the notes for the right number", "look": "parcel"},
            {"zh": "问仓库是否真的发出", "en": "Ask the warehouse whether it really left"},
            _READ,
        ],
        "action": "trace",
        "reply": "tracing",
        "rests_on": ["LOG-2", "MIS-1"],
    },
    {
        "id": "missing-lost",
        "title": {"zh": "仅退款 · 未收到货 · 已丢件", "en": "Refund only · not received · lost"},
        "when": {**_MISSING, "shipped_days": {"least": 15}},
        "steps": [
            _TRACK,
            {"zh": "快递确认丢件后开索赔单", "en": "The carrier confirms the loss: open a claim"},
            {
                "zh": "问买家要补发还是退款，不用等快递",
                "en": "Reship or refund, as the buyer chooses; he does not wait for the carrier",
                "look": "contact",
            },
            _AMOUNT,
        ],
        "action": "agree",
        "reply": "tracing",
        "signs": ["claim"],
        "rests_on": ["CLM-3", "LOG-6", "DEC-5"],
    },
    {
        "id": "missing-late",
        "title": {"zh": "仅退款 · 未收到货 · 未按时发货", "en": "Refund only · not received · not shipped in time"},
        "when": {**_MISSING, "reason": ["not_shipped_in_time"]},
        "steps": [
            _PHONE,
            {"zh": "已经发出：告知包裹在哪里", "en": "It has left: tell the buyer where it is", "look": "parcel"},
            {"zh": "原因不符的引导修改", "en": "Guide the buyer to correct the reason where it is not so"},
        ],
        "action": "guide",
        "reply": "where_parcel_is",
        "signs": ["counts_against_shop"],
        "rests_on": ["DEC-3", "APP-8"],
    },
    {
        "id": "missing-stalled",
        "title": {"zh": "仅退款 · 未收到货 · 超过五天", "en": "Refund only · not received · more than five days"},
        "when": {**_MISSING, "shipped_days": {"least": 6}},
        "steps": [
            _READ,
            _TRACK,
            {"zh": "打电话给快递：丢件还是滞留", "en": "Phone the carrier: lost or held up?", "look": "parcel"},
            {"zh": "丢件：索赔，补发或退款由买家选", "en": "Lost: claim, then reship or refund as the buyer chooses"},
        ],
        "action": "trace",
        "reply": "tracing",
        "rests_on": ["LOG-2", "LOG-6", "CLM-3"],
    },
    {
        "id": "missing",
        "title": {"zh": "仅退款 · 未收到货 · 运输中", "en": "Refund only · not received · under way"},
        "when": {**_MISSING},
        "steps": [
            _READ,
            _TRACK,
            {
                "zh": "告诉买家包裹在哪里、何时到",
                "en": "Tell the buyer where it is and when it comes",
                "look": "contact",
            },
        ],
        "action": "contact",
        "reply": "where_parcel_is",
        "rests_on": ["LOG-2", "DEC-3"],
    },
    # --- Refund only, received ----------------------------------------------------------------------------------------
    {
        "id": "kept-invoice",
        "title": {"zh": "仅退款 · 发票问题", "en": "Refund only · invoice"},
        "when": {**_KEPT, "reason": ["invoice"]},
        "steps": [
            {"zh": "打电话问是否需要发票", "en": "Phone: is an invoice wanted?", "look": "phone"},
            {"zh": "需要：登记开票，个人或公司抬头", "en": "Yes: register it, with a personal or company title"},
            {"zh": "不需要：引导修改类型和原因", "en": "No: guide to the right kind and reason"},
        ],
        "action": "contact",
        "reply": "invoice",
        "signs": ["invoice"],
        "rests_on": ["INV-1", "DEC-3"],
    },
    {
        "id": "kept-postage",
        "title": {"zh": "仅退款 · 退运费", "en": "Refund only · postage"},
        "when": {**_KEPT, "reason": ["postage"]},
        "steps": [
            _READ,
            {"zh": "引导撤销或修改类型和原因", "en": "Guide the buyer to the right kind and reason", "look": "contact"},
            {"zh": "运费用小额打款支付", "en": "Settle the postage as a payout"},
        ],
        "action": "guide",
        "reply": "postage_otherwise",
        "signs": ["pay_out"],
        "rests_on": ["APP-6", "PAY-1", "DEC-3"],
    },
    {
        "id": "kept-price-difference",
        "title": {"zh": "仅退款 · 退差价", "en": "Refund only · price difference"},
        "when": {**_KEPT, "reason": ["price_difference"]},
        "steps": [
            _READ,
            {"zh": "核对差价是否承诺过", "en": "Was the difference promised?", "look": "amount"},
            {
                "zh": "差价用小额打款支付，不影响退款率",
                "en": "Settle it as a payout: it does not count in the refund rate",
            },
        ],
        "action": "guide",
        "reply": "looking_into_it",
        "signs": ["pay_out"],
        "rests_on": ["PAY-1", "APP-6"],
    },
    {
        "id": "kept-damaged-no-picture",
        "title": {"zh": "仅退款 · 破损 · 没有图片", "en": "Refund only · damaged · no picture"},
        "when": {**_KEPT, "reason": ["damaged"], "pictures": {"most": 0}},
        "steps": [
            {"zh": "问：拆包时发现还是穿用后？", "en": "Ask: found on unpacking, or after wearing?", "look": "contact"},
            _ASK_PICTURES,
            _GOODS,
        ],
        "action": "contact",
        "reply": "ask_pictures",
        "signs": ["counts_against_shop"],
        "rests_on": ["DEC-2", "LAW-4"],
    },
    {
        "id": "kept-damaged-unpacking",
        "title": {"zh": "仅退款 · 破损 · 拆包发现", "en": "Refund only · damaged · found on unpacking"},
        "when": {**_KEPT, "reason": ["damaged"], "signed_days": {"most": 2}},
        "steps": [
            _PICTURES,
            {"zh": "拆包发现的：协商金额后退款", "en": "Found on unpacking: settle the amount", "look": "amount"},
            {"zh": "运输造成的向快递索赔", "en": "From the transport: claim from the carrier", "look": "parcel"},
        ],
        "action": "agree",
        "reply": "looking_into_it",
        "signs": ["counts_against_shop", "claim"],
        "rests_on": ["LAW-4", "CLM-3"],
    },
    {
        "id": "kept-damaged-wrong-kind",
        "title": {"zh": "仅退款 · 破损 · 想留货全退", "en": "Refund only · damaged · all the money, goods kept"},
        "when": {**_KEPT, "reason": ["damaged"], "full_amount": True},
        "steps": [
            _PICTURES,
            {"zh": "引导改为退货退款", "en": "Guide the buyer to “return and refund”", "look": "contact"},
            {"zh": "不改的：拒绝，并写明怎样重新申请", "en": "If he does not: refuse, with how to apply again"},
        ],
        "action": "guide",
        "reply": "guide_kind",
        "rests_on": ["DEC-3", "DEC-4", "APP-8"],
    },
    {
        "id": "kept-damaged",
        "title": {"zh": "仅退款 · 破损 · 用后发现", "en": "Refund only · damaged · after wearing"},
        "when": {**_KEPT, "reason": ["damaged"]},
        "steps": [
            _PICTURES,
            _GOODS,
            {"zh": "看图定责：质量还是使用造成", "en": "Decide from the pictures: quality, or use?"},
            _AMOUNT,
        ],
        "action": "contact",
        "reply": "looking_into_it",
        "rests_on": ["DEC-2", "DEC-4"],
    },
    {
        "id": "kept-not-as-described",
        "title": {"zh": "仅退款 · 与描述不符", "en": "Refund only · not as described"},
        "when": {**_KEPT, "reason": ["not_as_described"]},
        "steps": [
            {
                "zh": "问清差在哪里：发错货，还是页面有误？",
                "en": "Which difference: wrong goods sent, or the page shows it differently?",
                "look": "contact",
            },
            _PICTURES,
            {"zh": "发错货：退货，运费我们付", "en": "Wrong goods: a return at our postage"},
            {
                "zh": "页面有误：报货品部/设计部，订单详细备注",
                "en": "The page: report to goods / design, note it on the order in detail",
            },
        ],
        "action": "contact",
        "reply": "which_difference",
        "postage": "seller",
        "signs": ["counts_against_shop", "report_goods"],
        "rests_on": ["SAT-2", "LAW-4", "PAY-1"],
    },
    {
        "id": "kept-missing-items",
        "title": {"zh": "仅退款 · 发错/漏发/少件", "en": "Refund only · wrong or missing items"},
        "when": {**_KEPT, "reason": ["wrong_or_missing"]},
        "steps": [
            {
                "zh": "哪些商品、少几件？箱子胶带完好吗？",
                "en": "Which goods, how many? Was the parcel whole?",
                "look": "contact",
            },
            _PICTURES,
            {
                "zh": "比对快递称重和应有重量",
                "en": "Compare the carrier's weight with what it should be",
                "look": "weight",
            },
            {
                "zh": "漏发：致歉，金额大补发，金额小退款；被盗：索赔",
                "en": "Ours: apologise, reship much, refund little; stolen: claim",
            },
        ],
        "action": "contact",
        "reply": "what_is_missing",
        "signs": ["counts_against_shop", "claim"],
        "rests_on": ["MIS-1", "MIS-2", "CLM-3"],
    },
    {
        "id": "kept-empty",
        "title": {"zh": "仅退款 · 空包裹/丢件", "en": "Refund only · empty parcel"},
        "when": {**_KEPT, "reason": ["lost_or_empty"]},
        "steps": [
            _ASK_PICTURES,
            {
                "zh": "比对快递称重和应有重量",
                "en": "Compare the carrier's weight with what it should be",
                "look": "weight",
            },
            {"zh": "联系快递和仓库", "en": "Ask the carrier and the warehouse", "look": "parcel"},
        ],
        "action": "trace",
        "reply": "tracing",
        "signs": ["claim"],
        "rests_on": ["MIS-1", "MIS-2", "LOG-6"],
    },
    {
        "id": "counterfeit",
        "title": {"zh": "假冒品牌", "en": "Counterfeit"},
        "when": {"reason": ["counterfeit"]},
        "steps": [
            {
                "zh": "备好进货凭证和品牌授权",
                "en": "Have purchase vouchers and the brand's authorisation ready",
                "look": "own_pictures",
            },
            _PHONE,
            {"zh": "交主管处理", "en": "Hand it to a supervisor"},
        ],
        "action": "escalate",
        "reply": "looking_into_it",
        "signs": ["counts_against_shop", "supervisor"],
        "rests_on": ["LAW-4", "DIS-3"],
    },
    {
        "id": "kept-quality",
        "title": {"zh": "仅退款 · 质量问题", "en": "Refund only · quality"},
        "when": {**_KEPT, "reason": ["quality"]},
        "steps": [
            {
                "zh": "先打电话：这个原因影响店铺",
                "en": "Phone first: this reason counts against the shop",
                "look": "phone",
            },
            _ASK_PICTURES,
            _GOODS,
            {
                "zh": "属实：退货、换货、维修或部分退款",
                "en": "True: return, exchange, repair or a partial refund",
                "look": "amount",
            },
        ],
        "action": "contact",
        "reply": "ask_pictures",
        "signs": ["counts_against_shop", "record_call"],
        "rests_on": ["LAW-4", "DEC-2", "DEC-3"],
    },
    # --- Return and refund --------------------------------------------------------------------------------------------
    {
        "id": "return-seven-day",
        "title": {"zh": "退货退款 · 七天无理由", "en": "Return · seven days without reason"},
        "when": {**_BACK, "reason": ["seven_day"], "in_time": True},
        "steps": [
            _IN_TIME,
            _INTACT,
            _GOODS,
            _EXCHANGE,
            {
                "zh": "有运费险：退货后自动理赔",
                "en": "Insured: it pays by itself after the return",
                "look": "insurance",
            },
        ],
        "action": "agree",
        "reply": "how_to_return",
        "postage": "buyer",
        "signs": ["offer_exchange"],
        "rests_on": ["LAW-1", "LAW-5", "TMO-9", "DEC-5"],
    },
    {
        "id": "return-seven-day-over",
        "title": {"zh": "退货退款 · 七天已过", "en": "Return · the seven days are over"},
        "when": {**_BACK, "reason": ["seven_day"], "in_time": False},
        "steps": [
            {"zh": "确认签收时间", "en": "Make sure of the signed date", "look": "seven_days"},
            {
                "zh": "打电话：有质量问题可按质量申请",
                "en": "Phone: a fault can be applied for as one",
                "look": "phone",
            },
            _BUYER,
        ],
        "action": "refuse",
        "reply": "past_period",
        "signs": ["record_call"],
        "rests_on": ["DEC-4", "LAW-5", "TMO-9", "DEC-2"],
    },
    {
        "id": "return-seven-day-unsigned",
        "title": {"zh": "退货退款 · 七天无理由 · 还没签收", "en": "Return · seven days · not signed for"},
        "when": {**_BACK, "reason": ["seven_day"]},
        "steps": [
            _TRACK,
            {"zh": "问买家是否已经收到", "en": "Ask the buyer whether it has arrived", "look": "contact"},
            {"zh": "没收到：请拒收，引导改为未收到货", "en": "Not yet: do not accept it; guide to “not received”"},
        ],
        "action": "contact",
        "reply": "guide_reason",
        "postage": "buyer",
        "rests_on": ["APP-2", "LAW-1", "LOG-5"],
    },
    {
        "id": "return-quality",
        "title": {"zh": "退货退款 · 质量问题或与描述不符", "en": "Return · quality, or not as described"},
        "when": {**_BACK, "reason": ["quality", "not_as_described"]},
        "steps": [
            {
                "zh": "先打电话：这个原因影响店铺",
                "en": "Phone first: this reason counts against the shop",
                "look": "phone",
            },
            _PICTURES,
            _GOODS,
            {"zh": "属实：同意，退货运费我们付", "en": "True: agree, we pay the return postage", "look": "insurance"},
            {"zh": "不属实：引导修改原因", "en": "Not true: guide the buyer to correct the reason"},
        ],
        "action": "contact",
        "reply": "which_difference",
        "postage": "seller",
        "signs": ["counts_against_shop", "record_call"],
        "rests_on": ["LAW-4", "DEC-3", "PAY-1", "PAY-3"],
    },
    {
        "id": "return-ours-no-picture",
        "title": {"zh": "退货退款 · 破损或发错 · 没有图片", "en": "Return · damaged or wrong goods · no picture"},
        "when": {**_BACK, "reason": ["damaged", "wrong_or_missing"], "pictures": {"most": 0}},
        "steps": [_ASK_PICTURES, _PHONE, _GOODS],
        "action": "contact",
        "reply": "ask_pictures",
        "postage": "seller",
        "signs": ["counts_against_shop"],
        "rests_on": ["MIS-1", "DEC-2"],
    },
    {
        "id": "return-ours",
        "title": {"zh": "退货退款 · 破损或发错", "en": "Return · damaged or wrong goods"},
        "when": {**_BACK, "reason": ["damaged", "wrong_or_missing"]},
        "steps": [
            _PICTURES,
            _AMOUNT,
            {"zh": "问要换货还是退款", "en": "Ask: exchange or refund?"},
            {"zh": "运输造成的向快递索赔", "en": "From the transport: claim from the carrier", "look": "parcel"},
        ],
        "action": "agree",
        "reply": "how_to_return",
        "postage": "seller",
        "signs": ["counts_against_shop", "offer_exchange", "claim"],
        "rests_on": ["LAW-4", "PAY-1", "CLM-3", "DEC-5"],
    },
    {
        "id": "return-mind-in-time",
        "title": {"zh": "退货退款 · 不想要或拍错 · 七天内", "en": "Return · changed his mind · in time"},
        "when": {
            **_BACK,
            "reason": ["no_longer_wanted", "ordered_by_mistake"],
            "in_time": True,
            "seven_day_goods": True,
        },
        "steps": [
            _IN_TIME,
            _INTACT,
            _EXCHANGE,
            _AMOUNT,
        ],
        "action": "agree",
        "reply": "how_to_return",
        "postage": "buyer",
        "signs": ["offer_exchange"],
        "rests_on": ["LAW-1", "DEC-5"],
    },
    {
        "id": "return-mind",
        "title": {"zh": "退货退款 · 不想要或拍错", "en": "Return · changed his mind"},
        "when": {**_BACK, "reason": ["no_longer_wanted", "ordered_by_mistake"]},
        "steps": [
            _READ,
            {"zh": "是否支持七天、是否超期", "en": "Seven-day goods? In time?", "look": "seven_days"},
            _EXCHANGE,
            _BUYER,
        ],
        "action": "contact",
        "reply": "offer_exchange",
        "postage": "buyer",
        "signs": ["offer_exchange"],
        "rests_on": ["DEC-4", "DEC-5"],
    },
    # --- Whatever is left ---------------------------------------------------------------------------------------------
    {
        "id": "anything-else",
        "title": {"zh": "其他情况", "en": "Anything else"},
        "when": {},
        "steps": [_READ, _GOODS, _BUYER, _AMOUNT],
        "action": "contact",
        "reply": "looking_into_it",
        "rests_on": ["DEC-1", "DEC-2"],
    },
]
